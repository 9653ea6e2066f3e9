package dev.floe.protocol.lease;

import java.time.Duration;

/**
 * The right of one worker to run one attempt of one job.
 *
 * <p>The attempt number is the fence: a job's attempts rise by one with each lease, and what comes
 * back under an old number is dropped. The term is a duration, not a moment, so that no two clocks
 * are ever compared: the coordinator counts it from the last it heard of the lease.
 *
 * @param sweep id of the sweep
 * @param job the job's index in the sweep
 * @param attempt from 1
 * @param worker id of the worker that holds the lease
 * @param term how long the lease lasts without a heartbeat
 */
public record Lease(String sweep, int job, int attempt, String worker, Duration term) {
  public Lease {
    if (sweep == null || sweep.isBlank()) {
      throw new IllegalArgumentException("a lease needs its sweep");
    }
    if (worker == null || worker.isBlank()) {
      throw new IllegalArgumentException("a lease needs its worker");
    }
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt must be >= 1, got " + attempt);
    }
    if (term == null || term.isZero() || term.isNegative()) {
      throw new IllegalArgumentException("a lease's term must be positive, got " + term);
    }
  }
}
