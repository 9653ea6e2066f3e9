package dev.floe.cli.inspect;

import dev.floe.cli.OptionChecks;
import dev.floe.protocol.job.DataSpec;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.PromptTemplate;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.RowEncoder;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe data show}: rows as the model sees them. */
@Command(
    name = "show",
    description = {
      "Shows a data file's first rows as the model sees them.",
      "What stands between ⟦ and ⟧ carries loss. With a backbone the rows are made of its tokens,"
          + " and their ids are shown."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class DataShowCommand implements Callable<Integer> {
  private static final String OPEN = "⟦";
  private static final String CLOSE = "⟧";

  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "The data file.")
  private Path file;

  @Option(
      names = "--backbone",
      paramLabel = "DIR",
      description = "Whose tokens are shown; default none, the text alone.")
  private Path backbone;

  @Option(
      names = "--prompt",
      paramLabel = "TEMPLATE",
      defaultValue = "alpaca",
      description = "alpaca, none, or a text with {instruction}; default alpaca.")
  private String prompt;

  @Option(
      names = "--cutoff",
      paramLabel = "N",
      defaultValue = "" + DataSpec.DEFAULT_CUTOFF,
      description = "Longest row in tokens; default ${DEFAULT-VALUE}.")
  private int cutoff;

  @Option(names = "--train-on-inputs", description = "Let the prompt carry loss too.")
  private boolean trainOnInputs;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many rows; default ${DEFAULT-VALUE}.")
  private int count;

  private PrintWriter out;

  @Override
  public Integer call() throws IOException {
    OptionChecks.atLeast(command, "--rows", count, 1);
    OptionChecks.atLeast(command, "--cutoff", cutoff, 2);
    out = command.commandLine().getOut();
    RowFile all = RowFile.read(file);
    RowFile first = new RowFile(file, all.rows().subList(0, Math.min(count, all.rows().size())));
    if (backbone == null) {
      PromptTemplate template = PromptTemplate.of(prompt);
      first.rows().forEach(row -> show(row, template));
    } else {
      showTokens(first);
    }
    out.printf("%d of %d rows%n", first.rows().size(), all.rows().size());
    out.flush();
    return 0;
  }

  private void show(Row row, PromptTemplate template) {
    if (row instanceof Row.Instruction instruction) {
      String text = template.render(instruction.instruction(), instruction.input());
      String output = instruction.output() == null ? "" : instruction.output();
      out.println(trainOnInputs ? OPEN + text + output + CLOSE : text + OPEN + output + CLOSE);
    } else if (row instanceof Row.Document document) {
      out.println(OPEN + document.text() + CLOSE);
    } else if (row instanceof Row.TokenIds given) {
      out.println("token_ids " + ids(given.ids()));
    }
    if (row.answer() != null) {
      out.println("answer: " + row.answer());
    }
    out.println();
  }

  private void showTokens(RowFile rows) throws IOException {
    BackboneConfig config = BackboneConfig.read(backbone);
    DataSpec data = new DataSpec(file.toString(), List.of(), prompt, cutoff, trainOnInputs, false);
    try (TextTokenizer tokenizer =
        TextTokenizer.openIfPresent(backbone, config.vocabulary()).orElse(null)) {
      List<TrainingRow> encoded = new RowEncoder(config, tokenizer, data).encode(rows).rows();
      for (TrainingRow row : encoded) {
        out.printf("%d tokens, %d carry loss%n", row.tokens().length, row.labelled());
        if (tokenizer != null) {
          out.println(marked(row, tokenizer));
        }
        out.println("token_ids " + ids(row.tokens()));
        out.println();
      }
      int dropped = rows.rows().size() - encoded.size();
      if (dropped > 0) {
        out.printf("%d rows have no loss within %d tokens and are left out%n", dropped, cutoff);
      }
    }
  }

  /** The row's text, piece by piece as tokens do and do not carry loss. */
  private static String marked(TrainingRow row, TextTokenizer tokenizer) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    while (from < row.tokens().length) {
      boolean loss = carriesLoss(row, from);
      int to = from + 1;
      while (to < row.tokens().length && carriesLoss(row, to) == loss) {
        to++;
      }
      String piece = tokenizer.decode(Arrays.copyOfRange(row.tokens(), from, to), false);
      text.append(loss ? OPEN + piece + CLOSE : piece);
      from = to;
    }
    return text.toString();
  }

  /** The first token is predicted from nothing, so it never does. */
  private static boolean carriesLoss(TrainingRow row, int index) {
    return index > 0 && row.labels()[index] != TrainingRow.NO_LOSS;
  }

  private static String ids(int[] ids) {
    return IntStream.of(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
