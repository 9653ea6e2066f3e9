package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobFigures;
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
import dev.floe.worker.checkpoint.CheckpointStores;
import dev.floe.worker.checkpoint.Notices;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.memory.JobDemand;
import dev.floe.worker.memory.MemoryModel;
import dev.floe.worker.node.JobFailedException;
import dev.floe.worker.node.JobFeed;
import dev.floe.worker.node.JobRunner;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.train.StepRecord;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs jobs on one device: the backbone stays resident, tokenised data too, and each job costs its
 * adapter. Everything native is made and used on the thread that calls {@link #run}, which must
 * always be the same one.
 */
public final class TuningEngine implements JobRunner, AutoCloseable {
  private final int threads;
  private final long memory;
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
    this(threads, 0);
  }

  /**
   * An engine that puts no more jobs together than memory has room for.
   *
   * @param threads that libtorch may use for one operation
   * @param memory bytes that a bundle may take beside the backbone; 0 for half of what is free on
   *     the machine when the bundle forms
   */
  public TuningEngine(int threads, long memory) {
    this.threads = threads;
    this.memory = memory;
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
      throw invalid(e);
    }
  }

  @Override
  public void runAll(JobFeed feed) {
    new BundledJobs(this, feed).run();
  }

  /** What was thrown, with its kind of failure where it has one. */
  static Throwable named(Throwable thrown) {
    return thrown instanceof InvalidJobException e ? invalid(e) : thrown;
  }

  private static JobFailedException invalid(InvalidJobException e) {
    return new JobFailedException(new JobFailure(JobFailure.Kind.INVALID, e.getMessage(), ""), e);
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
    try (PreparedJob prepared = prepare(job, initial, control)) {
      TrainingRun.Result trained =
          prepared.training().isPresent()
              ? prepared.training().get().run()
              : TrainingRun.Result.NONE;
      return conclude(prepared, trained, control);
    }
  }

  /**
   * Gets ready what a job needs: the backbone resident, its data tokenised, its adapter made.
   *
   * @param initial directory of the adapter to start from; null for a fresh one
   */
  PreparedJob prepare(JobSpec job, Path initial, RunControl control) throws IOException {
    long start = System.nanoTime();
    PeakMemory memory = PeakMemory.reset();
    control.progress(new Progress(Phase.PREPARING, 0, 0, Double.NaN, 0));
    Backbone backbone =
        resident().get(Path.of(job.backbone()), job.dtype(), fromRandom(job.adapter()));
    Notices notices = new Notices();
    CheckpointStore checkpoints =
        CheckpointStores.open(job.checkpointDirectory(), identity(job, initial), notices);
    Adapter adapter = adapter(job, initial, backbone);
    try {
      Split data = data(job, backbone, adapter);
      Optional<TrainingRun> training =
          adapter.parameters().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new TrainingRun(job, backbone, adapter, data, checkpoints, control, notices));
      return new PreparedJob(
          job, backbone, adapter, data, checkpoints, training, memory, notices, start);
    } catch (IOException | RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  /** How many jobs like this one would run together, itself included. */
  int bundleRoom(PreparedJob prepared) {
    JobSpec job = prepared.job();
    Backbone backbone = prepared.backbone();
    long prefixBound = ResidentBackbone.prefixBound();
    BundleRoom room =
        memory == 0
            ? BundleRoom.ofMachine(prefixBound)
            : new BundleRoom(memory, Math.min(memory, prefixBound));
    List<TrainingRow> rows = prepared.training().orElseThrow().rows();
    MemoryModel model = new MemoryModel(backbone.config(), job.dtype(), threads);
    return room.jobs(job, rows, model, JobDemand.of(job, backbone, prepared.adapter(), rows));
  }

  /** Scores and keeps what came of a job's training, and reports. */
  Tuned conclude(PreparedJob prepared, TrainingRun.Result trained, RunControl control)
      throws IOException {
    Map<String, Double> metrics =
        trained.diverged()
            ? Map.of()
            : evaluate(List.of(new Evaluation.Candidate(prepared, control))).get(0);
    return conclude(prepared, trained, metrics, control);
  }

  /**
   * What each candidate is scored with; those that were asked to stop have no meaningful scores.
   *
   * @param candidates one, or several of one {@link EvaluationKey}
   */
  List<Map<String, Double>> evaluate(List<Evaluation.Candidate> candidates) throws IOException {
    return new Evaluation(datasets, candidates).metrics();
  }

  /**
   * Keeps what came of a job's training, and reports.
   *
   * @param metrics what it was scored with
   * @throws JobStoppedException when it was asked to stop while it was scored
   */
  Tuned conclude(
      PreparedJob prepared,
      TrainingRun.Result trained,
      Map<String, Double> metrics,
      RunControl control)
      throws IOException {
    JobSpec job = prepared.job();
    Adapter adapter = prepared.adapter();
    String saved = null;
    if (!trained.diverged()) {
      if (!job.data().evaluate().isEmpty() && control.stopRequested().isPresent()) {
        throw new JobStoppedException();
      }
      saved = save(job, prepared.backbone(), adapter);
    }
    JobFigures figures =
        Figures.of(
            job,
            prepared.backbone(),
            adapter,
            trained,
            prompt(prepared.data(), trained),
            prepared.memory(),
            saved);
    prepared.checkpoints().clear();
    JobReport report =
        new JobReport(
            trained.diverged() ? Outcome.DIVERGED : Outcome.DONE,
            adapter.trainableParameters(),
            trained.losses(),
            metrics,
            (System.nanoTime() - prepared.start()) / 1e9,
            trained.tokensPerSecond(),
            saved,
            figures,
            prepared.notices().lines());
    return new Tuned(report, trained.steps());
  }

  private static Adapter adapter(JobSpec job, Path initial, Backbone backbone) throws IOException {
    return initial == null
        ? Adapters.create(job.adapter(), backbone, job.seed())
        : AdapterFiles.load(initial, job.adapter(), backbone);
  }

  /** Nothing is read for a job that trains nothing. */
  private Split data(JobSpec job, Backbone backbone, Adapter adapter) throws IOException {
    return adapter.parameters().isEmpty()
        ? new Split(List.of(), List.of())
        : datasets.training(job, backbone);
  }

  /** The row that decoding is timed behind; empty when there is nothing worth timing. */
  private static int[] prompt(Split data, TrainingRun.Result trained) {
    return data.training().isEmpty() || trained.diverged()
        ? new int[0]
        : data.training().get(0).tokens();
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
