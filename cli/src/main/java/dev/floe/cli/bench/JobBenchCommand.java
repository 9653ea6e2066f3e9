package dev.floe.cli.bench;

import dev.floe.cli.BadInputException;
import dev.floe.cli.SettingOptions;
import dev.floe.cli.SweepInput;
import dev.floe.cli.ThreadOptions;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.worker.engine.TuningEngine;
import dev.floe.worker.node.RunControl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code floe bench job}: one job of a sweep, as {@code floe bench sweep} runs it by itself. */
@Command(
    name = "job",
    hidden = true,
    description = "Runs one job of a sweep and writes results.json with that job.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class JobBenchCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SWEEP.yaml", description = "The sweep file.")
  private Path file;

  @Mixin private SettingOptions settings;

  @Option(names = "--job", paramLabel = "N", required = true, description = "Its number, from 0.")
  private int number;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "For its results.")
  private Path out;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws Exception {
    int count = threads.count();
    SweepSpec spec = SweepInput.read(file, settings.settings()).spec();
    if (number < 0 || number >= Expansion.jobs(spec)) {
      throw new BadInputException(
          "--job: must be in 0..%d, got %d".formatted(Expansion.jobs(spec) - 1, number));
    }
    Path directory = Files.createDirectories(out.toAbsolutePath().normalize());
    try (TuningEngine engine = new TuningEngine(count)) {
      Expansion expansion = Expansion.of(spec, directory);
      JobReport report = engine.run(expansion.job(number), RunControl.unattended());
      JobResult result = JobResult.reported(number, Map.of(), 1, report);
      ResultsJson.write(
          directory.resolve(ResultsJson.FILE),
          new SweepResults(spec.name(), spec.id(), spec.backbone(), null, List.of(result)));
    }
    return 0;
  }
}
