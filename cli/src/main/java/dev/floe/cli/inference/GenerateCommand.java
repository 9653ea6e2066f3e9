package dev.floe.cli.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.JsonOutput;
import dev.floe.cli.OutputFile;
import dev.floe.cli.progress.CountedProgress;
import dev.floe.worker.data.TextFile;
import dev.floe.worker.evaluate.Continuation;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.inference.TunedBackbone;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
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
          + " {id, text, token_ids} with the continuation alone. Of a"
          + " prompt that is too long for the context the beginning is left out, its first token"
          + " excepted, and how many there were is said at the end. The text is null when the backbone"
          + " has no tokenizer."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {
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

  @Mixin private DecodingOptions options;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    Decoding decoding = options.decoding();
    OutputFile output = OutputFile.of(out);
    TextFile file = TextFile.read(prompts);
    PrintWriter err = command.commandLine().getErr();
    try (TunedBackbone tuned = model.load()) {
      TextFile.PromptTexts read =
          file.prompts(tuned.config(), tuned.tokenizer().orElse(null), decoding.maxNewTokens());
      List<TextFile.Text> rows = read.texts();
      CountedProgress progress =
          new CountedProgress(err, "prompts", rows.size(), Clock.systemUTC());
      List<Continuation> continuations =
          tuned.generate(
              rows.stream().map(row -> row.row().tokens()).toList(),
              decoding,
              done -> {
                if (!quiet) {
                  progress.done(done);
                }
              });
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        lines.append(line(rows.get(i).id(), continuations.get(i))).append('\n');
      }
      output.write(lines.toString());
      tellTruncated(err, read);
    }
    return 0;
  }

  /** Said even when progress is not: these continuations are of other prompts than were given. */
  private static void tellTruncated(PrintWriter err, TextFile.PromptTexts read) {
    if (read.truncated() > 0) {
      err.printf(
          "floe: %d of %d prompts lost their beginning, as the context has no room for it%n",
          read.truncated(), read.texts().size());
      err.flush();
    }
  }

  private static ObjectNode line(JsonNode id, Continuation continuation) {
    ObjectNode line = JsonOutput.object();
    line.set("id", id);
    line.put("text", continuation.text());
    line.set("token_ids", JsonOutput.array(continuation.tokens()));
    return line;
  }
}
