package dev.floe.coordinator.sweep;

import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.failure.FailurePolicy;
import dev.floe.protocol.report.JobFailure;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;

/**
 * Judges failures by a sweep's {@link FailurePolicies}. An attempt that fails by itself uses up one
 * of the job's attempts; losses do so beyond those that are free. How many may be used up depends
 * on how the job failed last. A job that takes down its workers is quarantined before that. Pure.
 */
public record RetryPolicy(FailurePolicies policies) {

  public static final RetryPolicy DEFAULT = new RetryPolicy(FailurePolicies.DEFAULT);

  /**
   * What the policy says.
   *
   * @param next pending, failed or quarantined
   * @param delay before the retry; zero when there is none
   */
  record Verdict(JobState next, Duration delay) {}

  /**
   * Judges a failure.
   *
   * @param before the job's record, this failure not yet counted
   * @param chance in [0, 1), for the jitter of the wait
   */
  Verdict judge(JobRecord before, JobFailure.Kind kind, boolean tookWorkerDown, double chance) {
    boolean poison =
        kind == JobFailure.Kind.POISON
            || (tookWorkerDown && before.takedowns() + 1 >= policies.takedowns());
    if (poison) {
      return new Verdict(JobState.QUARANTINED, Duration.ZERO);
    }
    boolean lost = kind == JobFailure.Kind.LOST;
    int failures = before.failures() + (lost ? 0 : 1);
    int losses = before.losses() + (lost ? 1 : 0);
    int used = failures + Math.max(0, losses - policies.of(JobFailure.Kind.LOST).free());
    FailurePolicy policy = policies.of(kind);
    if (used >= policy.attempts() + (lost ? 0 : policy.free())) {
      return new Verdict(JobState.FAILED, Duration.ZERO);
    }
    long millis = Math.round(policy.delayAfter(used, chance) * 1000);
    return new Verdict(JobState.PENDING, Duration.ofMillis(millis));
  }
}
