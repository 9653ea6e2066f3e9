package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.checkpoint.Notices;
import dev.floe.worker.train.TrainingRun;
import java.util.Optional;

/**
 * A job with all that it needs in place. Owns the adapter; closing frees it.
 *
 * @param training empty when nothing is to be trained
 * @param notices what went wrong and was got over
 * @param start when the job was taken up, in {@link System#nanoTime()}
 */
record PreparedJob(
    JobSpec job,
    Backbone backbone,
    Adapter adapter,
    CheckpointStore checkpoints,
    Optional<TrainingRun> training,
    Notices notices,
    long start)
    implements AutoCloseable {

  @Override
  public void close() {
    adapter.close();
  }
}
