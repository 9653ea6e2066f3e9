package dev.floe.cli;

import dev.floe.sweeps.file.Settings;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe run}: a whole sweep in this process. */
@Command(
    name = "run",
    description = {
      "Runs a sweep on this machine: coordinator and worker in one process.",
      "The same command again goes on with a sweep that was interrupted."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  private static final int LARGEST_PORT = 65_535;

  private final SweepRunner runner;

  @Spec private CommandSpec command;

  @Parameters(paramLabel = "SWEEP.yaml", description = "The sweep file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Puts a value in place of the file's, such as train.batch=8 or backbone=DIR;",
        "repeatable. Paths are relative to the current directory."
      })
  private List<String> settings = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results and adapters go; default runs/<name>-<id>.")
  private Path out;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the coordinator keeps its journal; default state/ in --out.")
  private Path dataDirectory;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads; default all processors of this machine.")
  private Integer threads;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the page on loopback; default any free one.")
  private int port;

  @Option(names = "--no-web", description = "Serve no page.")
  private boolean noWeb;

  @Option(names = "--json", description = "Print results.json instead of the table.")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  public RunCommand(SweepRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    check("--port", port, 0, LARGEST_PORT);
    check("--threads", threads == null ? processors : threads, 1, Integer.MAX_VALUE);
    SweepSpec spec = SweepInput.read(file, Settings.parse(settings)).spec();
    Path output = out == null ? Path.of("runs", spec.name() + "-" + spec.id()) : out;
    Path data = dataDirectory == null ? output.resolve("state") : dataDirectory;
    return runner.run(
        new RunRequest(
            spec,
            output.toAbsolutePath().normalize(),
            data.toAbsolutePath().normalize(),
            threads == null ? processors : threads,
            !noWeb,
            port,
            json,
            quiet,
            command.commandLine().getOut(),
            command.commandLine().getErr()));
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      String range = most == Integer.MAX_VALUE ? ">= " + least : "in " + least + ".." + most;
      throw new ParameterException(
          command.commandLine(), option + " must be " + range + ", got " + value);
    }
  }
}
