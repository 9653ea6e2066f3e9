package dev.floe.cli.tune;

import dev.floe.cli.BadInputException;
import dev.floe.cli.LogFile;
import dev.floe.cli.OptionChecks;
import dev.floe.cli.SweepInput;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.JobReport.Outcome;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.file.JobFile;
import dev.floe.sweeps.file.Settings;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.engine.TuningEngine;
import dev.floe.worker.engine.TuningEngine.Tuned;
import dev.floe.worker.files.AtomicFile;
import dev.floe.worker.node.JobStoppedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code floe tune}: one job in this process, without coordinator and cluster. */
@Command(
    name = "tune",
    description = {
      "Tunes one adapter: a job file is a sweep file with scalars only, and adapter.initial, the"
          + " directory of an adapter to start from, if you like.",
      "Writes adapter/ and metrics.json. The same command again goes on with a job that was"
          + " interrupted."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where adapter, metrics and checkpoints go.")
  private Path out;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Puts a value in place of the file's, such as train.batch=8 or backbone=DIR;",
        "repeatable. Paths are relative to the current directory."
      })
  private List<String> settings = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads; default all processors of this machine.")
  private Integer threads;

  @Option(names = "--json", description = "Print metrics.json instead of a summary.")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    int count = threads == null ? processors : threads;
    OptionChecks.atLeast(command, "--threads", count, 1);
    JobFile job = JobFile.read(file, Settings.parse(settings));
    SweepInput.check(file, job.spec());
    Path directory = out.toAbsolutePath().normalize();
    JobSpec spec = jobSpec(job, directory);
    String id = job.spec().id() + (job.initial() == null ? "" : " from " + job.initial());
    if (isDone(directory.resolve(MetricsJson.FILE), id)) {
      command.commandLine().getErr().println("floe: nothing left to do in " + directory);
      return 0;
    }
    Files.createDirectories(directory);
    LogFile.open(directory.resolve("floe.log"));
    Path initial = job.initial() == null ? null : Path.of(job.initial());
    try (TuneControl control = TuneControl.start(command.commandLine().getErr(), quiet);
        TuningEngine engine = new TuningEngine(count)) {
      Tuned tuned = engine.tune(spec, initial, control);
      String metrics = MetricsJson.render(id, tuned);
      AtomicFile.writeString(directory.resolve(MetricsJson.FILE), metrics);
      return report(tuned, metrics);
    } catch (JobStoppedException e) {
      return 1;
    }
  }

  private JobSpec jobSpec(JobFile file, Path directory) throws IOException, BadInputException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new BadInputException(directory + ": is no directory; choose another --out");
    }
    JobSpec job = Expansion.of(file.spec(), directory).job(0);
    AdapterSpec adapter =
        file.adapterGiven() ? job.adapter() : AdapterFiles.spec(Path.of(file.initial()));
    return new JobSpec(
        job.index(),
        job.backbone(),
        job.data(),
        adapter,
        job.train(),
        job.evaluate(),
        job.seed(),
        directory.resolve("adapter").toString(),
        directory.resolve("checkpoints").toString(),
        job.dtype(),
        job.bundles(),
        job.checkpoint());
  }

  /** Two jobs in one directory would overwrite each other's adapters. */
  private static boolean isDone(Path metrics, String id) throws IOException, BadInputException {
    if (!Files.exists(metrics)) {
      return false;
    }
    if (!MetricsJson.job(metrics).equals(id)) {
      throw new BadInputException(metrics + ": is of another job; choose another --out");
    }
    return true;
  }

  private int report(Tuned tuned, String metrics) {
    PrintWriter output = command.commandLine().getOut();
    JobReport report = tuned.report();
    if (json) {
      output.print(metrics);
    } else {
      List<Double> losses = report.losses();
      output.printf(
          Locale.ROOT,
          "%s after %d steps, loss %.4f to %.4f, %,d trained parameters, %.1f s%n",
          report.outcome().name().toLowerCase(Locale.ROOT),
          losses.size(),
          losses.get(0),
          losses.get(losses.size() - 1),
          report.trainableParameters(),
          report.seconds());
      new TreeMap<>(report.metrics())
          .forEach((name, value) -> output.printf(Locale.ROOT, "%s %.4f%n", name, value));
    }
    output.flush();
    return report.outcome() == Outcome.DIVERGED ? 1 : 0;
  }
}
