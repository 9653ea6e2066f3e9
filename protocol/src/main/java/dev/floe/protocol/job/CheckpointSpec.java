package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;

/**
 * When a running job keeps a checkpoint: at whichever of the two comes first.
 *
 * @param everySteps optimizer steps; 0 when they do not matter
 * @param everySeconds seconds of wall time; 0 when they do not matter
 * @param path where they go, a directory or {@code s3://bucket/prefix}; null for beside the results
 */
public record CheckpointSpec(int everySteps, double everySeconds, String path) {
  /** Every 15 seconds. */
  public static final CheckpointSpec DEFAULT = new CheckpointSpec(0, 15, null);

  @JsonCreator
  public CheckpointSpec {
    Checks.atLeast("checkpoint.every-steps", everySteps, 0);
    Checks.notNegative("checkpoint.every-seconds", everySeconds);
  }

  /** Checkpoints beside the results. */
  public CheckpointSpec(int everySteps, double everySeconds) {
    this(everySteps, everySeconds, null);
  }

  /** Whether a checkpoint is due, so many steps and seconds after the last. */
  public boolean due(int steps, double seconds) {
    return (everySteps > 0 && steps >= everySteps) || (everySeconds > 0 && seconds >= everySeconds);
  }
}
