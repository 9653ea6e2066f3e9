package dev.floe.cli.bench;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code floe bench}: measures floe on this machine. */
@Command(
    name = "bench",
    description = "Measures floe on this machine, beside what you like to compare it with.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SingleBenchCommand.class,
      SweepBenchCommand.class,
      EvaluateBenchCommand.class,
      JobBenchCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    String benches =
        command.subcommands().entrySet().stream()
            .filter(bench -> !bench.getValue().getCommandSpec().usageMessage().hidden())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    throw new ParameterException(command.commandLine(), "name a benchmark: " + benches);
  }
}
