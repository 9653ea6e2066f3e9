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
import dev.floe.worker.data.BatchOrder;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.node.RunControl.StopReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains one adapter from its start, or its newest checkpoint, to the last step. */
public final class TrainingRun {
  private static final Logger log = LoggerFactory.getLogger(TrainingRun.class);
  private static final long CHECKPOINT_EVERY = Duration.ofSeconds(15).toNanos();

  private final JobSpec job;
  private final Backbone backbone;
  private final Adapter adapter;
  private final List<TrainingRow> rows;
  private final List<TrainingRow> validationRows;
  private final CheckpointStore checkpoints;
  private final RunControl control;
  private long lastCheckpoint = System.nanoTime();

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
    this.job = job;
    this.backbone = backbone;
    this.adapter = adapter;
    this.rows = data.training();
    this.validationRows = data.validation();
    this.checkpoints = checkpoints;
    this.control = control;
  }

  /**
   * Runs to the end; the adapter then holds the trained values.
   *
   * @throws JobStoppedException when it was asked to stop
   */
  public Result run() throws IOException {
    TrainSpec train = job.train();
    List<Integer> lengths = rows.stream().map(row -> row.tokens().length).toList();
    BatchOrder order = new BatchOrder(train, lengths, job.data().shuffle(), job.seed());
    RateSchedule schedule = RateSchedule.of(train, order.steps());
    DivergenceRule diverged = new DivergenceRule(backbone.config().vocabulary());
    try (Trainer trainer =
        new Trainer(backbone, adapter, train.weightDecay(), train.clip(), job.seed())) {
      Validation validation =
          new Validation(backbone, adapter, validationRows, train, rows.size(), order.steps());
      TrainingState state = resume(trainer, validation);
      while (state.step() < order.steps() && !validation.stopsEarly()) {
        heed(state);
        int number = state.step();
        List<TrainingRow> batch = Arrays.stream(order.rows(number)).mapToObj(rows::get).toList();
        long start = System.nanoTime();
        Trainer.Step step = trainer.step(batch, train.microBatch(), schedule.rate(number), number);
        state.add(step, (System.nanoTime() - start) / 1e9);
        control.progress(
            new Progress(
                Phase.TRAINING, state.step(), order.steps(), step.loss(), state.tokensPerSecond()));
        if (diverged.met(step.loss())) {
          return result(true, state, order, schedule, validation);
        }
        validation.after(state.step());
      }
      validation.keepBest();
      return result(false, state, order, schedule, validation);
    }
  }

  private Result result(
      boolean diverged,
      TrainingState state,
      BatchOrder order,
      RateSchedule schedule,
      Validation validation) {
    return new Result(
        diverged,
        records(state, order, schedule),
        state.tokensPerSecond(),
        validation.curve(),
        validation.best().map(ValidationPoint::step).orElse(null),
        validation.stopsEarly(),
        flops(state.step(), order));
  }

  private double flops(int steps, BatchOrder order) {
    TrainingFlops flops = TrainingFlops.of(backbone.config(), job.adapter(), adapter);
    return IntStream.range(0, steps)
        .flatMap(step -> Arrays.stream(order.rows(step)))
        .mapToDouble(row -> flops.row(rows.get(row)))
        .sum();
  }

  /** Rate and tokens of a step follow from its number; loss and norm are in the checkpoints. */
  private List<StepRecord> records(TrainingState state, BatchOrder order, RateSchedule schedule) {
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
      log.info("job {} goes on after step {}", job.index(), state.step());
    }
    return state;
  }

  /** Between two steps: stops if asked to, and keeps a checkpoint now and then. */
  private void heed(TrainingState state) throws IOException {
    Optional<StopReason> stop = control.stopRequested();
    if (stop.isPresent()) {
      if (stop.get() == StopReason.DRAIN) {
        checkpoints.save(state.toCheckpoint());
      }
      throw new JobStoppedException();
    }
    boolean due = System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY;
    if (control.checkpointRequested() || due) {
      checkpoints.save(state.toCheckpoint());
      lastCheckpoint = System.nanoTime();
    }
  }
}
