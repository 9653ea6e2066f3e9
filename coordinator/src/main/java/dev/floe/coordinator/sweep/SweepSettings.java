package dev.floe.coordinator.sweep;

import java.time.Duration;

/**
 * How a sweep is run.
 *
 * @param leaseTerm how long a lease lasts without a heartbeat
 * @param recoveryGrace how long, after a restart, leases may wait for their workers to come back;
 *     zero when the workers died with the coordinator
 * @param snapshotEvery events between two snapshots
 */
public record SweepSettings(
    RetryPolicy retry, Duration leaseTerm, Duration recoveryGrace, int snapshotEvery) {
  public SweepSettings {
    if (leaseTerm.isZero() || leaseTerm.isNegative()) {
      throw new IllegalArgumentException("leaseTerm must be positive, got " + leaseTerm);
    }
    if (recoveryGrace.isNegative()) {
      throw new IllegalArgumentException("recoveryGrace must be >= 0, got " + recoveryGrace);
    }
    if (snapshotEvery < 1) {
      throw new IllegalArgumentException("snapshotEvery must be >= 1, got " + snapshotEvery);
    }
  }
}
