package dev.floe.protocol.job;

/**
 * When a running job keeps a checkpoint: at whichever of the two comes first.
 *
 * @param everySteps optimizer steps; 0 when they do not matter
 * @param everySeconds seconds of wall time; 0 when they do not matter
 */
public record CheckpointSpec(int everySteps, double everySeconds) {
  /** Every 15 seconds. */
  public static final CheckpointSpec DEFAULT = new CheckpointSpec(0, 15);

  public CheckpointSpec {
    Checks.atLeast("checkpoint.every-steps", everySteps, 0);
    Checks.notNegative("checkpoint.every-seconds", everySeconds);
  }

  /** Whether a checkpoint is due, so many steps and seconds after the last. */
  public boolean due(int steps, double seconds) {
    return (everySteps > 0 && steps >= everySteps) || (everySeconds > 0 && seconds >= everySeconds);
  }
}
