package dev.floe.worker.checkpoint;

import java.io.IOException;
import java.util.Optional;

/** Where the checkpoints of one job are kept. */
public interface CheckpointStore {

  /** Makes a checkpoint durable; older ones beyond the last two are pruned. */
  void save(Checkpoint checkpoint) throws IOException;

  /** The newest checkpoint that is intact; damaged ones are reported to the log and skipped. */
  Optional<Checkpoint> newest() throws IOException;

  /** Removes all checkpoints: the job is done. */
  void clear() throws IOException;
}
