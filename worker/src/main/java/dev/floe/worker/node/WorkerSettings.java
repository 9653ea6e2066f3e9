package dev.floe.worker.node;

import java.time.Duration;

/**
 * How often a device worker speaks.
 *
 * @param heartbeat between two heartbeats of a running job; shortened to a quarter of the lease's
 *     term when that is less
 * @param resend between two sends of what was not acknowledged
 * @param stall when a job that makes no progress counts as hung
 * @param endsWhenDrained whether the worker stops once it was drained and all its reports are
 *     acknowledged
 */
public record WorkerSettings(
    Duration heartbeat, Duration resend, StallRule stall, boolean endsWhenDrained) {
  public static final WorkerSettings DEFAULT =
      new WorkerSettings(Duration.ofMillis(500), Duration.ofSeconds(5));

  /** For a worker that has a process to itself. */
  public static final WorkerSettings OWN_PROCESS =
      new WorkerSettings(Duration.ofMillis(500), Duration.ofSeconds(2), StallRule.DEFAULT, true);

  public WorkerSettings {
    positive("heartbeat", heartbeat);
    positive("resend", resend);
  }

  /** Settings with the usual patience. */
  public WorkerSettings(Duration heartbeat, Duration resend) {
    this(heartbeat, resend, StallRule.DEFAULT);
  }

  /** A worker that stays, idle, when it was drained. */
  public WorkerSettings(Duration heartbeat, Duration resend, StallRule stall) {
    this(heartbeat, resend, stall, false);
  }

  private static void positive(String name, Duration value) {
    if (value == null || value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }
}
