package dev.floe.cli;

import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe plan}: what a sweep would run, and everything that speaks against it. */
@Command(
    name = "plan",
    description = "Checks a sweep and lists its jobs; runs and writes nothing.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  private static final int FEW = 20;

  @Spec private CommandSpec command;

  @Parameters(paramLabel = "SWEEP.yaml", description = "The sweep file.")
  private Path file;

  @Mixin private SettingOptions settings;

  @Option(names = "--all", description = "List every job, however many there are.")
  private boolean all;

  @Override
  public Integer call() throws Exception {
    SweepInput input = SweepInput.read(file, settings.settings());
    SweepSpec spec = input.spec();
    Expansion expansion = Expansion.of(spec, Path.of("runs", spec.name() + "-" + spec.id()));
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s-%s: %,d jobs on %s (%s, %d layers, %,d parameters)%n",
        spec.name(),
        spec.id(),
        expansion.size(),
        spec.backbone(),
        input.backbone().architecture(),
        input.backbone().layers(),
        input.backbone().parameters());
    int listed = all ? expansion.size() : Math.min(FEW, expansion.size());
    for (int i = 0; i < listed; i++) {
      out.printf(Locale.ROOT, "  %4d  %s%n", i, line(expansion.parameters(i)));
    }
    if (listed < expansion.size()) {
      out.printf(Locale.ROOT, "  and %,d more; --all lists them%n", expansion.size() - listed);
    }
    out.flush();
    return 0;
  }

  private static String line(Map<String, Object> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
