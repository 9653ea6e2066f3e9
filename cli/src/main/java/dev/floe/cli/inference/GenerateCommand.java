package dev.floe.cli.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.OptionChecks;
import dev.floe.cli.OutputFile;
import dev.floe.worker.data.TextFile;
import dev.floe.worker.inference.Decoding;
import dev.floe.worker.inference.TunedBackbone;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code floe generate}: continues prompts. */
@Command(
    name = "generate",
    description = {
      "Continues prompts with a backbone, with or without an adapter.",
      "Rows are {id, text} or {id, token_ids}, as JSON lines; each becomes a line"
          + " {id, text, token_ids} with the continuation alone. The text is null when the backbone"
          + " has no tokenizer.json."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec command;

  @Mixin private ModelOptions model;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      required = true,
      description = "The rows to continue.")
  private Path prompts;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where the continuations go.")
  private Path out;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      required = true,
      description = "Longest continuation in tokens.")
  private int maxNewTokens;

  @Option(
      names = "--beams",
      paramLabel = "N",
      defaultValue = "1",
      description = "Hypotheses of a beam search; default 1, which is greedy decoding.")
  private int beams;

  @Option(names = "--ignore-eos", description = "Go on to the limit, past tokens that end a text.")
  private boolean ignoreEos;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    OptionChecks.atLeast(command, "--max-new-tokens", maxNewTokens, 1);
    OptionChecks.atLeast(command, "--beams", beams, 1);
    OutputFile output = OutputFile.of(out);
    TextFile file = TextFile.read(prompts);
    try (TunedBackbone tuned = model.load()) {
      List<TextFile.Text> rows =
          file.encode(tuned.config(), tuned.tokenizer().orElse(null), maxNewTokens);
      List<int[]> continuations =
          tuned.generate(
              rows.stream().map(row -> row.row().tokens()).toList(),
              new Decoding(maxNewTokens, beams, ignoreEos),
              done -> progress(done, rows.size()));
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        lines.append(line(rows.get(i), continuations.get(i), tuned)).append('\n');
      }
      output.write(lines.toString());
    }
    return 0;
  }

  private static ObjectNode line(TextFile.Text row, int[] continuation, TunedBackbone tuned) {
    ObjectNode line = JSON.createObjectNode();
    line.set("id", row.id());
    line.put(
        "text",
        tuned.tokenizer().map(tokenizer -> tokenizer.decode(continuation, true)).orElse(null));
    ArrayNode ids = line.putArray("token_ids");
    for (int id : continuation) {
      ids.add(id);
    }
    return line;
  }

  private void progress(int done, int all) {
    if (!quiet) {
      PrintWriter err = command.commandLine().getErr();
      err.printf("floe: %d of %d prompts%n", done, all);
      err.flush();
    }
  }
}
