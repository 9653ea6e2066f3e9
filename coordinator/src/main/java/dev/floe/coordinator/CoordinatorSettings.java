package dev.floe.coordinator;

import dev.floe.coordinator.sweep.RetryPolicy;
import dev.floe.coordinator.sweep.SweepSettings;
import java.time.Duration;

/**
 * How a coordinator runs its sweeps.
 *
 * @param drainWithin how long, at a stop, workers have to checkpoint and hand back their leases
 */
public record CoordinatorSettings(SweepSettings sweep, Duration drainWithin) {

  /** Coordinator and workers in one process: a lease from an earlier process is over at once. */
  public static final CoordinatorSettings EMBEDDED =
      new CoordinatorSettings(
          new SweepSettings(RetryPolicy.DEFAULT, Duration.ofSeconds(30), Duration.ZERO, 500),
          Duration.ofMillis(3500));

  /**
   * Workers in other processes, which go on while a new coordinator takes over.
   *
   * @param leaseTerm how long a lease lasts without a heartbeat
   * @param recoveryGrace how long a new coordinator waits for the workers of the old one
   */
  public static CoordinatorSettings cluster(Duration leaseTerm, Duration recoveryGrace) {
    return new CoordinatorSettings(
        new SweepSettings(RetryPolicy.DEFAULT, leaseTerm, recoveryGrace, 500),
        EMBEDDED.drainWithin());
  }

  public CoordinatorSettings {
    if (drainWithin.isZero() || drainWithin.isNegative()) {
      throw new IllegalArgumentException("drainWithin must be positive, got " + drainWithin);
    }
  }
}
