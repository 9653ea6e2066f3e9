package dev.floe.cli;

import dev.floe.sweeps.results.ResultTable;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe report}: the results of a sweep that ran before. */
@Command(
    name = "report",
    description = "Shows the results of a sweep that ran before.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "DIR", description = "The sweep's directory, which floe run wrote to.")
  private Path directory;

  @Option(names = "--json", description = "Print results.json instead of the table.")
  private boolean json;

  @Override
  public Integer call() throws BadInputException {
    SweepResults results = results();
    PrintWriter out = command.commandLine().getOut();
    out.print(json ? ResultsJson.render(results) : ResultTable.render(results));
    out.flush();
    return 0;
  }

  private SweepResults results() throws BadInputException {
    Path file = directory.resolve(ResultsJson.FILE);
    if (!Files.exists(file)) {
      throw new BadInputException(
          file + ": there is no such file; name a directory that floe run wrote to");
    }
    try {
      return ResultsJson.read(file);
    } catch (IOException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }
}
