package dev.floe.cli.client;

import dev.floe.cli.BadInputException;
import dev.floe.sweeps.results.ResultTable;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe report}: the results of a sweep, from its directory or from a coordinator. */
@Command(
    name = "report",
    description = "Shows the results of a sweep that ran before, or that a coordinator runs.",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}");

  @Spec private CommandSpec command;
  @Mixin private ClientOptions client;

  @Parameters(
      paramLabel = "DIR|ID",
      description = "The sweep's directory, or its id, which floe submit printed.")
  private Path sweep;

  @Override
  public Integer call() throws Exception {
    SweepResults results = results();
    PrintWriter out = command.commandLine().getOut();
    out.print(client.json() ? ResultsJson.render(results) : ResultTable.render(results));
    out.flush();
    return 0;
  }

  private SweepResults results() throws BadInputException, IOException, InterruptedException {
    if (!Files.isDirectory(sweep) && ID.matcher(sweep.toString()).matches()) {
      return fetched();
    }
    Path file = sweep.resolve(ResultsJson.FILE);
    if (!Files.exists(file)) {
      throw new BadInputException(
          file + ": there is no such file; name a directory that floe run wrote to");
    }
    return read(file);
  }

  /** The reader wants a file. */
  private SweepResults fetched() throws BadInputException, IOException, InterruptedException {
    String text = client.client().getText("api/sweeps/" + sweep + "/results");
    Path file = Files.createTempFile("floe-results", ".json");
    try {
      Files.writeString(file, text);
      return read(file);
    } finally {
      Files.delete(file);
    }
  }

  private static SweepResults read(Path file) throws BadInputException {
    try {
      return ResultsJson.read(file);
    } catch (IOException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }
}
