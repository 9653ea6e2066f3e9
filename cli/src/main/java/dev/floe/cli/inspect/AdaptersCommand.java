package dev.floe.cli.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.JsonOutput;
import dev.floe.protocol.catalog.AdapterKind;
import dev.floe.protocol.catalog.AdapterKind.Trained;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private static final String NAMES =
      """
      r is the rank, in and out are a module's features and bias the size of its bias; d is the width
      of the stream, which an MLP block reads and gives, e that of an embedding; L layers, K key-value
      heads, D the head size, V virtual tokens, h the encoder size. floe doctor --backbone DIR lists
      the modules.
      """;

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
    for (AdapterKind kind : AdapterKind.values()) {
      out.printf("%s: %s%n", kind.type(), kind.computes());
      out.printf("  settings: %s%n", kind.settings());
      for (Trained trained : kind.trained()) {
        String option = trained.option().isEmpty() ? "" : " with " + trained.option();
        out.printf("  trained%s: %s%n", option, count(trained));
      }
    }
    out.print(NAMES);
    out.flush();
    return 0;
  }

  private static ObjectNode document() {
    ObjectNode document = JsonOutput.object();
    ArrayNode adapters = document.putArray("adapters");
    for (AdapterKind kind : AdapterKind.values()) {
      ArrayNode trained =
          adapters
              .addObject()
              .put("type", kind.type())
              .put("does", kind.computes())
              .put("settings", kind.settings())
              .putArray("trained");
      for (Trained each : kind.trained()) {
        trained.addObject().put("with", each.option()).put("count", count(each));
      }
    }
    return document;
  }

  private static String count(Trained trained) {
    Stream<String> each = trained.each().stream().map(formula -> formula + " per module");
    Stream<String> once = trained.once().stream().map(formula -> formula.text());
    return Stream.concat(each, once).collect(Collectors.joining(", and "));
  }
}
