package dev.floe.cli.inference;

import dev.floe.cli.ThreadOptions;
import dev.floe.worker.adapter.LoraMerge;
import dev.floe.worker.inference.TunedBackbone;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe merge}: a backbone with a LoRA adapter folded into its weights. */
@Command(
    name = "merge",
    description = {
      "Folds a LoRA adapter into its backbone's weights and writes a new model directory.",
      "Tensors keep their names and element types; config and tokenizer are copied."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--backbone",
      paramLabel = "DIR",
      required = true,
      description = "A Hugging Face model directory.")
  private Path backbone;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      required = true,
      description = "The LoRA adapter, as floe or PEFT writes them.")
  private Path adapter;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The new directory; it must not exist yet.")
  private Path out;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws Exception {
    try (TunedBackbone loaded = TunedBackbone.load(backbone, null, threads.count())) {
      int modules = LoraMerge.write(loaded.backbone(), adapter, out);
      PrintWriter output = command.commandLine().getOut();
      output.printf("%d modules merged into %s%n", modules, out);
      output.flush();
    }
    return 0;
  }
}
