package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.JobReport.Outcome;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.checkpoint.DirectoryCheckpoints;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.evaluate.Evaluator;
import dev.floe.worker.evaluate.Problem;
import dev.floe.worker.node.JobFailedException;
import dev.floe.worker.node.JobRunner;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.train.StepRecord;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs jobs on one device: the backbone stays resident, tokenised data too, and each job costs its
 * adapter. Everything native is made and used on the thread that calls {@link #run}, which must
 * always be the same one.
 */
public final class TuningEngine implements JobRunner, AutoCloseable {
  private final int threads;
  private final Datasets datasets = new Datasets();

  /** Made by the first job. */
  private NDManager device;

  private ResidentBackbone resident;

  /**
   * An engine that loads nothing before its first job.
   *
   * @param threads that libtorch may use for one operation
   */
  public TuningEngine(int threads) {
    this.threads = threads;
  }

  private ResidentBackbone resident() {
    if (resident == null) {
      device = Device.open(threads);
      resident = new ResidentBackbone(device);
    }
    return resident;
  }

  @Override
  public JobReport run(JobSpec job, RunControl control) throws IOException {
    try {
      return tune(job, null, control).report();
    } catch (InvalidJobException e) {
      throw new JobFailedException(new JobFailure(JobFailure.Kind.INVALID, e.getMessage(), ""), e);
    }
  }

  /**
   * What came of a job, step by step.
   *
   * @param steps every optimizer step, in order
   */
  public record Tuned(JobReport report, List<StepRecord> steps) {}

  /**
   * Runs a job like {@link #run}.
   *
   * @param initial directory of the adapter to start from; null for a fresh one
   * @throws InvalidJobException when the job can never run
   * @throws JobStoppedException when it stopped because {@code control} said so
   */
  public Tuned tune(JobSpec job, Path initial, RunControl control) throws IOException {
    if (job.adapter() instanceof AdapterSpec.Untuned && job.data().evaluate().isEmpty()) {
      return new Tuned(new JobReport(Outcome.DONE, 0, List.of(), Map.of(), 0, 0, null), List.of());
    }
    long start = System.nanoTime();
    control.progress(new Progress(Phase.PREPARING, 0, 0, Double.NaN, 0));
    Backbone backbone =
        resident().get(Path.of(job.backbone()), job.dtype(), fromRandom(job.adapter()));
    CheckpointStore checkpoints =
        new DirectoryCheckpoints(Path.of(job.checkpointDirectory()), identity(job, initial));
    try (Adapter adapter = adapter(job, initial, backbone)) {
      TrainingRun.Result trained = train(job, backbone, adapter, checkpoints, control);
      Map<String, Double> metrics = Map.of();
      String saved = null;
      if (!trained.diverged()) {
        metrics = evaluate(job, backbone, adapter, control);
        saved = save(job, backbone, adapter);
      }
      checkpoints.clear();
      JobReport report =
          new JobReport(
              trained.diverged() ? Outcome.DIVERGED : Outcome.DONE,
              adapter.trainableParameters(),
              trained.losses(),
              metrics,
              (System.nanoTime() - start) / 1e9,
              trained.tokensPerSecond(),
              saved);
      return new Tuned(report, trained.steps());
    }
  }

  private static Adapter adapter(JobSpec job, Path initial, Backbone backbone) throws IOException {
    return initial == null
        ? Adapters.create(job.adapter(), backbone, job.seed())
        : AdapterFiles.load(initial, job.adapter(), backbone);
  }

  private TrainingRun.Result train(
      JobSpec job,
      Backbone backbone,
      Adapter adapter,
      CheckpointStore checkpoints,
      RunControl control)
      throws IOException {
    if (adapter.parameters().isEmpty()) {
      return new TrainingRun.Result(false, List.of(), 0);
    }
    return new TrainingRun(
            job, backbone, adapter, datasets.training(job, backbone), checkpoints, control)
        .run();
  }

  /** Accuracy per evaluation set. */
  private Map<String, Double> evaluate(
      JobSpec job, Backbone backbone, Adapter adapter, RunControl control) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (String file : job.data().evaluate()) {
      List<Problem> problems = datasets.problems(job, file, backbone);
      Evaluator evaluator =
          new Evaluator(
              backbone,
              backbone.decoder(adapter),
              datasets.tokenizer(backbone),
              job.evaluate().maxNewTokens());
      double accuracy =
          evaluator.accuracy(
              problems,
              () -> control.stopRequested().isPresent(),
              done ->
                  control.progress(
                      new Progress(Phase.EVALUATING, done, problems.size(), Double.NaN, 0)));
      if (control.stopRequested().isPresent()) {
        throw new JobStoppedException();
      }
      metrics.put(RowFile.name(Path.of(file)) + ".accuracy", accuracy);
    }
    return metrics;
  }

  private static String save(JobSpec job, Backbone backbone, Adapter adapter) throws IOException {
    if (adapter.parameters().isEmpty()) {
      return null;
    }
    AdapterFiles.save(Path.of(job.adapterDirectory()), adapter, job.adapter(), backbone);
    return job.adapterDirectory();
  }

  private static boolean fromRandom(AdapterSpec spec) {
    return spec instanceof AdapterSpec.Full full && full.initial() == AdapterSpec.Initial.RANDOM;
  }

  /** What a checkpoint must have been made for, to be gone on from. */
  private static String identity(JobSpec job, Path initial) {
    return Integer.toHexString(
        List.of(
                job.backbone(),
                job.data(),
                job.adapter(),
                job.train(),
                job.seed(),
                job.dtype(),
                String.valueOf(initial))
            .toString()
            .hashCode());
  }

  @Override
  public void close() {
    datasets.close();
    if (resident != null) {
      resident.close();
      device.close();
    }
  }
}
