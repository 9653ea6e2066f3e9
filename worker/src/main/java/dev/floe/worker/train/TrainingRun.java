package dev.floe.worker.train;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.data.BatchOrder;
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
  private final CheckpointStore checkpoints;
  private final RunControl control;
  private long lastCheckpoint = System.nanoTime();

  /**
   * How training ended.
   *
   * @param steps in order, those before a resumption included
   * @param tokensPerSecond real tokens per second spent in steps
   */
  public record Result(boolean diverged, List<StepRecord> steps, double tokensPerSecond) {
    public Result {
      steps = List.copyOf(steps);
    }

    /** Mean loss of each step. */
    public List<Double> losses() {
      return steps.stream().map(StepRecord::loss).toList();
    }
  }

  public TrainingRun(
      JobSpec job,
      Backbone backbone,
      Adapter adapter,
      List<TrainingRow> rows,
      CheckpointStore checkpoints,
      RunControl control) {
    this.job = job;
    this.backbone = backbone;
    this.adapter = adapter;
    this.rows = rows;
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
      TrainingState state = resume(trainer);
      while (state.step() < order.steps()) {
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
          return new Result(true, records(state, order, schedule), state.tokensPerSecond());
        }
      }
      return new Result(false, records(state, order, schedule), state.tokensPerSecond());
    }
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

  private TrainingState resume(Trainer trainer) throws IOException {
    TrainingState state =
        new TrainingState(backbone.kernels(), adapter.parameters(), trainer.optimizer());
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
