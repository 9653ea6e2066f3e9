package dev.floe.worker.node;

import java.time.Duration;

/**
 * How often a device worker speaks.
 *
 * @param heartbeat between two heartbeats of a running job; shortened to a quarter of the lease's
 *     term when that is less
 * @param resend between two sends of what was not acknowledged
 * @param stall when a job that makes no progress counts as hung
 */
public record WorkerSettings(Duration heartbeat, Duration resend, StallRule stall) {
  public static final WorkerSettings DEFAULT =
      new WorkerSettings(Duration.ofMillis(500), Duration.ofSeconds(5));

  public WorkerSettings {
    positive("heartbeat", heartbeat);
    positive("resend", resend);
  }

  /** Settings with the usual patience. */
  public WorkerSettings(Duration heartbeat, Duration resend) {
    this(heartbeat, resend, StallRule.DEFAULT);
  }

  private static void positive(String name, Duration value) {
    if (value == null || value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }
}
