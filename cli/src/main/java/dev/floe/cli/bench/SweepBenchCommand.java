package dev.floe.cli.bench;

import dev.floe.cli.OptionChecks;
import dev.floe.cli.SettingOptions;
import dev.floe.cli.SweepInput;
import dev.floe.cli.ThreadOptions;
import dev.floe.sweeps.expand.Expansion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe bench sweep}: what a sweep takes in several modes. */
@Command(
    name = "sweep",
    description = {
      "Runs a whole sweep in each mode in turn, in fresh processes and an empty directory, and"
          + " prints what it took: from start to end, in training and in evaluation."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SweepBenchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "SWEEP.yaml", description = "The sweep file.")
  private Path file;

  @Mixin private SettingOptions settings;

  @Option(
      names = "--modes",
      paramLabel = "MODE,…",
      split = ",",
      defaultValue = "bundles-on,bundles-off,process-per-job",
      description = "What takes turns; default ${DEFAULT-VALUE}.")
  private List<String> modes;

  @Option(
      names = "--rounds",
      defaultValue = "1",
      description = "How often each mode has its turn; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Mixin private ThreadOptions threads;

  @Option(names = "--json", description = "Print every round as JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    OptionChecks.atLeast(command, "--rounds", rounds, 1);
    List<SweepMode> turns = turns();
    int count = threads.count();
    int jobs = Math.toIntExact(Expansion.jobs(SweepInput.read(file, settings.settings()).spec()));
    SweepComparison comparison = new SweepComparison(turns);
    for (int round = 0; round < rounds; round++) {
      for (SweepMode mode : turns) {
        comparison.add(mode, new SweepContender(mode, file, settings.given(), jobs, count).round());
      }
    }
    PrintWriter out = command.commandLine().getOut();
    out.println(json ? comparison.json() : comparison.table());
    out.flush();
    return 0;
  }

  private List<SweepMode> turns() {
    List<SweepMode> turns = new ArrayList<>();
    for (String key : new LinkedHashSet<>(modes)) {
      turns.add(
          SweepMode.of(key)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          command.commandLine(),
                          "--modes: %s is no mode; there are %s"
                              .formatted(key, SweepMode.keys()))));
    }
    return turns;
  }
}
