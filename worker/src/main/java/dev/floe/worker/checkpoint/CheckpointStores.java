package dev.floe.worker.checkpoint;

import java.nio.file.Path;

/** Opens the store that a checkpoint path names. */
public final class CheckpointStores {
  private CheckpointStores() {}

  /**
   * The checkpoints of one job.
   *
   * @param path a directory, which nodes may share
   * @param job identifies what the checkpoints belong to; those of anything else are not used
   */
  public static CheckpointStore open(String path, String job, Notices notices) {
    return new DirectoryCheckpoints(Path.of(path), job, notices);
  }
}
