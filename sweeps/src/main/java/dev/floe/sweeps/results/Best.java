package dev.floe.sweeps.results;

import java.util.Comparator;
import java.util.Optional;

/** The best of a sweep's jobs. */
final class Best {
  private Best() {}

  /** The job that did best at {@code metric}; the first of several that did equally well. */
  static Optional<JobResult> job(SweepResults results, String metric) {
    return results.jobs().stream()
        .filter(job -> job.state() == JobState.DONE && job.metrics().containsKey(metric))
        .max(
            Comparator.<JobResult>comparingDouble(job -> job.metrics().get(metric))
                .thenComparing(Comparator.comparingInt(JobResult::job).reversed()));
  }
}
