package dev.floe.cli.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.OutputFile;
import dev.floe.worker.data.TextFile;
import dev.floe.worker.data.TrainingRow;
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

/** {@code floe score}: the loss of texts. */
@Command(
    name = "score",
    description = {
      "Scores texts with a backbone, with or without an adapter.",
      "Rows are {id, text}, {id, token_ids} or {id, token_ids, labels}, as JSON lines; a label of"
          + " -100 is left out. Each becomes a line {id, loss, tokens}: the mean loss, in nats, and"
          + " the number of labels that it is the mean of. The first token has no loss; text gets"
          + " the backbone's bos in front and no eos behind."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class ScoreCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS_PER_LINE = 100;

  @Spec private CommandSpec command;

  @Mixin private ModelOptions model;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      required = true,
      description = "The rows to score.")
  private Path texts;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where the scores go.")
  private Path out;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    OutputFile output = OutputFile.of(out);
    TextFile file = TextFile.read(texts);
    try (TunedBackbone tuned = model.load()) {
      List<TextFile.Text> rows = file.encode(tuned.config(), tuned.tokenizer().orElse(null));
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        lines.append(line(rows.get(i), tuned)).append('\n');
        progress(i + 1, rows.size());
      }
      output.write(lines.toString());
    }
    return 0;
  }

  /** A row without a label has no mean: its loss is null. */
  private static ObjectNode line(TextFile.Text text, TunedBackbone tuned) {
    TrainingRow row = text.row();
    ObjectNode line = JSON.createObjectNode();
    line.set("id", text.id());
    line.put("loss", row.labelled() == 0 ? null : (Double) tuned.loss(row));
    line.put("tokens", row.labelled());
    return line;
  }

  private void progress(int done, int all) {
    if (!quiet && (done % ROWS_PER_LINE == 0 || done == all)) {
      PrintWriter err = command.commandLine().getErr();
      err.printf("floe: %d of %d texts%n", done, all);
      err.flush();
    }
  }
}
