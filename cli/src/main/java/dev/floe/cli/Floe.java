package dev.floe.cli;

import dev.floe.cli.agent.AgentCommand;
import dev.floe.cli.agent.DeviceProcessCommand;
import dev.floe.cli.bench.BenchCommand;
import dev.floe.cli.client.DrainCommand;
import dev.floe.cli.client.ReportCommand;
import dev.floe.cli.client.StatusCommand;
import dev.floe.cli.client.SteerCommand;
import dev.floe.cli.client.SubmitCommand;
import dev.floe.cli.client.WatchCommand;
import dev.floe.cli.embedded.EmbeddedRun;
import dev.floe.cli.inference.GenerateCommand;
import dev.floe.cli.inference.MergeCommand;
import dev.floe.cli.inference.ScoreCommand;
import dev.floe.cli.inspect.AdaptersCommand;
import dev.floe.cli.inspect.DataCommand;
import dev.floe.cli.inspect.DoctorCommand;
import dev.floe.cli.node.CoordinatorCommand;
import dev.floe.cli.quickstart.QuickstartCommand;
import dev.floe.cli.tune.TuneCommand;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Every verb is a class of its own; all exit with 0 on success, with 2 on bad
 * usage or bad input, and with 1 when the work itself failed.
 */
@Command(
    name = "floe",
    description = "Sweeps of parameter-efficient fine-tuning over one frozen backbone.",
    mixinStandardHelpOptions = true,
    versionProvider = Floe.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Floe implements Callable<Integer> {
  @Spec private CommandSpec command;

  private Floe() {}

  public static void main(String[] args) {
    // on one thread, or what others log meanwhile is held back and announced on the terminal
    LoggerFactory.getILoggerFactory();
    System.exit(commandLine(verbs()).execute(args));
  }

  /**
   * Runs one command within this process.
   *
   * @return the exit code
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    return commandLine(verbs()).setOut(out).setErr(err).execute(args);
  }

  private static List<?> verbs() {
    return List.of(
        new RunCommand(new EmbeddedRun()),
        new PlanCommand(),
        new ReportCommand(),
        new ServeCommand(),
        new CoordinatorCommand(),
        new AgentCommand(),
        new DeviceProcessCommand(),
        new SubmitCommand(),
        new StatusCommand(),
        new WatchCommand(),
        new SteerCommand.Pause(),
        new SteerCommand.Resume(),
        new SteerCommand.Cancel(),
        new SteerCommand.Retry(),
        new DrainCommand(),
        new TuneCommand(),
        new GenerateCommand(),
        new ScoreCommand(),
        new MergeCommand(),
        new DoctorCommand(),
        new AdaptersCommand(),
        new DataCommand(),
        new BenchCommand(),
        new QuickstartCommand());
  }

  /** The command line with these verbs, its errors as one line each. */
  public static CommandLine commandLine(List<?> verbs) {
    CommandLine floe = new CommandLine(new Floe());
    verbs.forEach(floe::addSubcommand);
    return floe.setParameterExceptionHandler(ErrorLines::usage)
        .setExecutionExceptionHandler(ErrorLines::execution)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Reached when no verb is given. */
  @Override
  public Integer call() {
    String verbs = String.join(", ", command.subcommands().keySet());
    throw new ParameterException(command.commandLine(), "name a command: " + verbs);
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Floe.class.getPackage().getImplementationVersion();
      return new String[] {"floe " + (version == null ? "(not packaged)" : version)};
    }
  }
}
