package dev.floe.cli;

import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private SettingOptions settings;

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

  @Mixin private ThreadOptions threads;

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
    checkPort();
    int threadCount = threads.count();
    SweepSpec spec = SweepInput.read(file, settings.settings()).spec();
    Path output = out == null ? Path.of("runs", spec.name() + "-" + spec.id()) : out;
    Path data = dataDirectory == null ? output.resolve("state") : dataDirectory;
    return runner.run(
        new RunRequest(
            spec,
            output.toAbsolutePath().normalize(),
            data.toAbsolutePath().normalize(),
            threadCount,
            !noWeb,
            port,
            json,
            quiet,
            command.commandLine().getOut(),
            command.commandLine().getErr()));
  }

  private void checkPort() {
    if (port < 0 || port > LARGEST_PORT) {
      throw new ParameterException(
          command.commandLine(), "--port must be in 0.." + LARGEST_PORT + ", got " + port);
    }
  }
}
