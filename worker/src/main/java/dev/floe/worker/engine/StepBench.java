package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.BatchOrder;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.train.RateSchedule;
import dev.floe.worker.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The optimizer steps of one job, one at a time, to be measured: no checkpoints, no evaluation.
 * Used on the thread that made it.
 */
public final class StepBench implements AutoCloseable {
  private final JobSpec job;
  private final NDManager device;
  private final Datasets datasets = new Datasets();
  private final Backbone backbone;
  private final Adapter adapter;
  private final Trainer trainer;
  private final List<TrainingRow> rows;
  private final BatchOrder order;
  private final RateSchedule schedule;
  private int number;

  /**
   * Loads backbone and data, and makes a fresh adapter.
   *
   * @param threads of the device
   */
  public StepBench(JobSpec job, int threads) throws IOException {
    this.job = job;
    device = Device.open(threads);
    backbone = Backbone.load(device, Path.of(job.backbone()), job.dtype());
    rows = datasets.training(job, backbone).training();
    adapter = Adapters.create(job.adapter(), backbone, job.seed());
    trainer =
        new Trainer(backbone, adapter, job.train().weightDecay(), job.train().clip(), job.seed());
    List<Integer> lengths = rows.stream().map(row -> row.tokens().length).toList();
    order = new BatchOrder(job.train(), lengths, job.data().shuffle(), job.seed());
    schedule = RateSchedule.of(job.train(), order.steps());
  }

  /** Steps that the job has. */
  public int steps() {
    return order.steps();
  }

  /** Takes the next step. */
  public Trainer.Step step() {
    List<TrainingRow> batch = Arrays.stream(order.rows(number)).mapToObj(rows::get).toList();
    Trainer.Step step =
        trainer.step(batch, job.train().microBatch(), schedule.rate(number), number);
    number++;
    return step;
  }

  @Override
  public void close() {
    trainer.close();
    adapter.close();
    backbone.close();
    datasets.close();
    device.close();
  }
}
