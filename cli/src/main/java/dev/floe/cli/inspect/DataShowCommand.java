package dev.floe.cli.inspect;

import dev.floe.cli.OptionChecks;
import dev.floe.protocol.job.DataSpec;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.EncodedData;
import dev.floe.worker.data.PromptTemplate;
import dev.floe.worker.data.RowEncoder;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.data.TextTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Option(names = "--json", description = "Print JSON instead of text.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    OptionChecks.atLeast(command, "--rows", count, 1);
    OptionChecks.atLeast(command, "--cutoff", cutoff, 2);
    PrintWriter out = command.commandLine().getOut();
    PromptTemplate template = PromptTemplate.of(prompt);
    ShownRows shown =
        json ? new RowsAsJson(out, template) : new RowsAsText(out, template, trainOnInputs);
    RowFile all = RowFile.read(file);
    RowFile first = all.first(count);
    int leftOut = 0;
    if (backbone == null) {
      first.rows().forEach(shown::row);
    } else {
      leftOut = showTokens(first, shown);
    }
    shown.end(first.rows().size(), leftOut, all.rows().size());
    return 0;
  }

  /** Says how many rows are left out. */
  private int showTokens(RowFile rows, ShownRows shown) throws IOException {
    BackboneConfig config = BackboneConfig.read(backbone);
    DataSpec data = new DataSpec(file.toString(), List.of(), prompt, cutoff, trainOnInputs, false);
    try (TextTokenizer tokenizer =
        TextTokenizer.openIfPresent(backbone, config.vocabulary()).orElse(null)) {
      EncodedData encoded = new RowEncoder(config, tokenizer, data).encode(rows);
      encoded.rows().forEach(row -> shown.tokens(row, tokenizer));
      return encoded.dropped();
    }
  }
}
