package dev.floe.cli.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code floe bench}: measures floe on this machine. */
@Command(
    name = "bench",
    description = "Measures floe on this machine, beside what you like to compare it with.",
    mixinStandardHelpOptions = true,
    subcommands = SingleBenchCommand.class,
    synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    String benches = String.join(", ", command.subcommands().keySet());
    throw new ParameterException(command.commandLine(), "name a benchmark: " + benches);
  }
}
