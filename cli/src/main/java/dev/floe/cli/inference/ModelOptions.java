package dev.floe.cli.inference;

import dev.floe.cli.ThreadOptions;
import dev.floe.worker.inference.TunedBackbone;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model a command uses. */
final class ModelOptions {
  @Option(
      names = "--backbone",
      paramLabel = "DIR",
      required = true,
      description = "A Hugging Face model directory.")
  private Path backbone;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "An adapter on it, as floe or PEFT writes them; default none.")
  private Path adapter;

  @Mixin private ThreadOptions threads;

  TunedBackbone load() throws IOException {
    return TunedBackbone.load(backbone, adapter, threads.count());
  }
}
