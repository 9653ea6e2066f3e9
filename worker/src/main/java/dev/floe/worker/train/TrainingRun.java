package dev.floe.worker.train;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.protocol.report.ValidationPoint;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.checkpoint.Notices;
import dev.floe.worker.data.BatchOrder;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.node.RunControl.StopReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains one adapter from its start, or its newest checkpoint, to the last step. {@link #run} does
 * so alone; in a {@link Bundle} the run is driven micro-batch by micro-batch.
 */
public final class TrainingRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TrainingRun.class);

  private final JobSpec job;
  private final Backbone backbone;
  private final Adapter adapter;
  private final List<TrainingRow> rows;
  private final List<TrainingRow> validationRows;
  private final CheckpointStore checkpoints;
  private final RunControl control;
  private final BatchOrder order;
  private final RateSchedule schedule;
  private final DivergenceRule divergence;
  private final Notices notices;
  private int microBatch;
  private long lastCheckpoint = System.nanoTime();
  private int lastCheckpointStep;
  private Trainer trainer; // null until it is started
  private Validation validation;
  private TrainingState state;
  private boolean diverged;
  private boolean inStep;
  private double seconds; // of the step that is under way

  /**
   * How training ended.
   *
   * @param steps in order, those before a resumption included
   * @param tokensPerSecond real tokens per second spent in steps
   * @param validation every validation, in order
   * @param stoppedEarly whether a plateau of the validation loss ended it
   * @param flops floating-point operations of the steps
   */
  public record Result(
      boolean diverged,
      List<StepRecord> steps,
      double tokensPerSecond,
      List<ValidationPoint> validation,
      Integer bestStep,
      boolean stoppedEarly,
      double flops) {
    /** Nothing was trained. */
    public static final Result NONE = new Result(false, List.of(), 0, List.of(), null, false, 0);

    public Result {
      steps = List.copyOf(steps);
      validation = List.copyOf(validation);
    }

    /** Mean loss of each step. */
    public List<Double> losses() {
      return steps.stream().map(StepRecord::loss).toList();
    }
  }

  /** A run over the rows that {@code data} has for training, validated on the others. */
  public TrainingRun(
      JobSpec job,
      Backbone backbone,
      Adapter adapter,
      Split data,
      CheckpointStore checkpoints,
      RunControl control) {
    this(job, backbone, adapter, data, checkpoints, control, new Notices());
  }

  /** A run that tells what it got over. */
  public TrainingRun(
      JobSpec job,
      Backbone backbone,
      Adapter adapter,
      Split data,
      CheckpointStore checkpoints,
      RunControl control,
      Notices notices) {
    this.notices = notices;
    this.microBatch = job.train().microBatch();
    this.job = job;
    this.backbone = backbone;
    this.adapter = adapter;
    this.rows = data.training();
    this.validationRows = data.validation();
    this.checkpoints = checkpoints;
    this.control = control;
    TrainSpec train = job.train();
    List<Integer> lengths = rows.stream().map(row -> row.tokens().length).toList();
    order = new BatchOrder(train, lengths, job.data().shuffle(), job.seed());
    schedule = RateSchedule.of(train, order.steps());
    divergence = new DivergenceRule(backbone.config().vocabulary());
  }

  /**
   * Runs to the end; the adapter then holds the trained values.
   *
   * @throws JobStoppedException when it was asked to stop
   */
  public Result run() throws IOException {
    try (Bundle alone = new Bundle(backbone, 0)) {
      alone.join(this);
      List<Bundle.Ending> endings = List.of();
      while (endings.isEmpty()) {
        endings = alone.round();
      }
      Bundle.Ending ending = endings.get(0);
      if (ending.failure() != null) {
        throw rethrown(ending.failure());
      }
      return ending.result();
    }
  }

  private static IOException rethrown(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return failure instanceof IOException e ? e : new IOException(failure);
  }

  /**
   * Makes the optimizer, and goes on from the newest checkpoint if there is one; once is enough.
   */
  void start() throws IOException {
    if (trainer == null) {
      TrainSpec train = job.train();
      trainer = new Trainer(backbone, adapter, train.weightDecay(), train.clip(), job.seed());
      validation =
          new Validation(backbone, adapter, validationRows, train, rows.size(), order.steps());
      state = resume(trainer, validation);
    }
  }

  /**
   * Whether nothing is left to do: the last step is done, training has diverged or stands still.
   */
  boolean over() {
    return diverged || validation.stopsEarly() || state.step() >= order.steps();
  }

  /**
   * Between two steps: heeds its control, and takes up the next step's batch.
   *
   * @throws JobStoppedException when it was asked to stop
   */
  void beginStep() throws IOException {
    heed(state);
    int number = state.step();
    List<TrainingRow> batch = Arrays.stream(order.rows(number)).mapToObj(rows::get).toList();
    trainer.begin(batch, microBatch, number);
    seconds = 0;
    inStep = true;
  }

  /** Whether a step is under way. */
  boolean inStep() {
    return inStep;
  }

  /** A pass failed: what the step has come to is void, and its micro-batches run anew. */
  void restartStep() throws IOException {
    trainer.optimizer().forgetGradients();
    beginStep();
  }

  /**
   * Passes have half as many rows from now on: the device has no room for more. The batch is the
   * same, and so is the result but for the rounding of sums taken in another order.
   *
   * @return false when they have one row already
   */
  boolean halveMicroBatch(Throwable failure) {
    if (microBatch == 1) {
      return false;
    }
    int before = microBatch;
    microBatch = Math.max(1, before / 2);
    notices.add(
        "out of memory at step %d: micro-batch %d instead of %d from there on"
            .formatted(state.step() + 1, microBatch, before));
    log.warn(
        "job {}: a micro-batch of {} rows does not fit, {} from now on: {}",
        job.index(),
        before,
        microBatch,
        failure.getMessage());
    return true;
  }

  /** Runs the next micro-batch by itself. */
  void accumulateAlone() {
    long start = System.nanoTime();
    trainer.accumulate();
    seconds += (System.nanoTime() - start) / 1e9;
  }

  /** Whether the step's micro-batches have all run. */
  boolean stepComplete() {
    return inStep && trainer.complete();
  }

  /** What is to run next. */
  MicroBatch next() {
    return trainer.next();
  }

  /**
   * The micro-batch has run.
   *
   * @param share its share of the batch's mean loss
   * @param elapsed seconds that the pass took for this job
   */
  void accumulated(MicroBatch ran, double share, double elapsed) {
    trainer.accumulated(ran, share);
    seconds += elapsed;
  }

  /** Updates the parameters, and tells how the step went. */
  void finishStep() {
    long start = System.nanoTime();
    Trainer.Step step = trainer.finish(schedule.rate(state.step()));
    inStep = false;
    state.add(step, seconds + (System.nanoTime() - start) / 1e9);
    diverged = divergence.met(step.loss());
    log.debug("job {} did step {}", job.index(), state.step());
    control.progress(
        new Progress(
            Phase.TRAINING, state.step(), order.steps(), step.loss(), state.tokensPerSecond()));
    if (!diverged) {
      validation.after(state.step());
    }
  }

  /** How training ended, when it is over; the adapter then has the values that are kept. */
  Result result() {
    if (!diverged) {
      validation.keepBest();
    }
    return new Result(
        diverged,
        records(),
        state.tokensPerSecond(),
        validation.curve(),
        validation.best().map(ValidationPoint::step).orElse(null),
        validation.stopsEarly(),
        flops());
  }

  private double flops() {
    TrainingFlops flops = TrainingFlops.of(backbone.config(), job.adapter(), adapter);
    return IntStream.range(0, state.step())
        .flatMap(step -> Arrays.stream(order.rows(step)))
        .mapToDouble(row -> flops.row(rows.get(row)))
        .sum();
  }

  Adapter adapter() {
    return adapter;
  }

  /** What it trains on. */
  public List<TrainingRow> rows() {
    return rows;
  }

  public JobSpec job() {
    return job;
  }

  /** Rate and tokens of a step follow from its number; loss and norm are in the checkpoints. */
  private List<StepRecord> records() {
    List<Double> losses = state.losses();
    List<Double> norms = state.gradientNorms();
    List<StepRecord> records = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      int tokens = Arrays.stream(order.rows(i)).map(row -> rows.get(row).tokens().length).sum();
      records.add(new StepRecord(i + 1, losses.get(i), norms.get(i), schedule.rate(i), tokens));
    }
    return records;
  }

  private TrainingState resume(Trainer trainer, Validation validation) throws IOException {
    TrainingState state =
        new TrainingState(
            backbone.kernels(), adapter.parameters(), trainer.optimizer(), validation);
    Optional<Checkpoint> checkpoint = checkpoints.newest();
    if (checkpoint.isPresent()) {
      state.restore(checkpoint.get());
      lastCheckpointStep = state.step();
      log.info("job {} goes on after step {}", job.index(), state.step());
    }
    return state;
  }

  /** Between two steps: stops if asked to, and keeps a checkpoint now and then. */
  private void heed(TrainingState state) {
    Optional<StopReason> stop = control.stopRequested();
    if (stop.isPresent()) {
      if (stop.get() == StopReason.DRAIN) {
        keepCheckpoint();
      }
      throw new JobStoppedException();
    }
    double seconds = (System.nanoTime() - lastCheckpoint) / 1e9;
    boolean due = job.checkpoint().due(state.step() - lastCheckpointStep, seconds);
    if (control.checkpointRequested() || due) {
      keepCheckpoint();
    }
  }

  /**
   * A checkpoint that cannot be written is a warning, not the job's end: training goes on, and what
   * is at stake is the time since the last one. The next is tried when it is due.
   */
  private void keepCheckpoint() {
    if (lastCheckpointStep != state.step()) {
      try {
        checkpoints.save(state.toCheckpoint());
      } catch (IOException e) {
        log.warn("job {} goes on without a checkpoint of step {}", job.index(), state.step(), e);
        notices.add("checkpoint of step " + state.step() + " was not written: " + e);
      }
    }
    lastCheckpoint = System.nanoTime();
    lastCheckpointStep = state.step();
  }

  /** Training is over: the evaluation may be interrupted without repeating a step. */
  void keepLast() {
    if (!diverged && !job.data().evaluate().isEmpty()) {
      keepCheckpoint();
    }
  }

  /** Frees the optimizer; the adapter is its owner's. */
  @Override
  public void close() {
    if (trainer != null) {
      trainer.close();
      trainer = null;
    }
  }
}
