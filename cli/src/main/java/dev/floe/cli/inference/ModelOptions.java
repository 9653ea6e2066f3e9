package dev.floe.cli.inference;

import dev.floe.cli.OptionChecks;
import dev.floe.worker.inference.TunedBackbone;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say which model a command uses. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

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

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads; default all processors of this machine.")
  private Integer threads;

  TunedBackbone load() throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    int count = threads == null ? processors : threads;
    OptionChecks.atLeast(command, "--threads", count, 1);
    return TunedBackbone.load(backbone, adapter, count);
  }
}
