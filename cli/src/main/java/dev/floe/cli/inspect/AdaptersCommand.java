package dev.floe.cli.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.JsonOutput;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe adapters}: what a sweep file's {@code adapter.type} may be. */
@Command(
    name = "adapters",
    description = "Lists the adapter types, their settings and how many weights they train.",
    mixinStandardHelpOptions = true)
public final class AdaptersCommand implements Callable<Integer> {
  /** What is said of one type. */
  private record Kind(String type, String does, String settings, String trained) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "lora",
              "W x + (alpha / rank) B A x",
              "placement, rank, alpha (twice the rank), dropout (0), rslora (false), dora (false), bias (none)",
              "rank * (in + out) per module; dora adds out, bias the biases' sizes"),
          new Kind(
              "series",
              "y = W x; y + scaling * up(act(down(y))), or the same in front of W",
              "placement, rank, activation (tanh), scaling (1), dropout (0), insertion (output)",
              "2 * rank * out per module; with insertion input, 2 * rank * in"),
          new Kind(
              "parallel",
              "W x + scaling * up(act(down(x)))",
              "placement, rank, activation (tanh), scaling (1), dropout (0)",
              "rank * (in + out) per module"),
          new Kind(
              "ia3",
              "l * (W x); on the MLP's last linear W (l * x)",
              "placement",
              "out per module; in on the MLP's last linear"),
          new Kind(
              "prefix",
              "keys and values of virtual tokens in front of every row, in each layer",
              "virtual-tokens, projection (false), encoder-size (the keys' width)",
              "virtual-tokens * layers * 2 * key-value heads * head size; a projection trains its encoder"),
          new Kind(
              "prompt",
              "trained embeddings of virtual tokens in front of every row",
              "virtual-tokens, init-text",
              "virtual-tokens * embedding width"),
          new Kind(
              "p-tuning",
              "like prompt, with embeddings that an encoder makes",
              "virtual-tokens, encoder (mlp), encoder-size (the embedding's width)",
              "the encoder's weights, see docs/adapters.md"),
          new Kind("full", "every weight", "init (pretrained)", "all weights of the backbone"));

  @Spec private CommandSpec command;

  @Option(names = "--json", description = "Print JSON instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, document());
      return 0;
    }
    for (Kind kind : KINDS) {
      out.printf("%s: %s%n", kind.type(), kind.does());
      out.printf("  settings: %s%n", kind.settings());
      out.printf("  trained:  %s%n", kind.trained());
    }
    out.println("in and out are a module's features; floe doctor --backbone DIR lists the modules");
    out.flush();
    return 0;
  }

  private static ObjectNode document() {
    ObjectNode document = JsonOutput.object();
    ArrayNode adapters = document.putArray("adapters");
    for (Kind kind : KINDS) {
      adapters
          .addObject()
          .put("type", kind.type())
          .put("does", kind.does())
          .put("settings", kind.settings())
          .put("trained", kind.trained());
    }
    return document;
  }
}
