package dev.floe.coordinator.sweep;

import dev.floe.protocol.report.JobFailure;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;

/**
 * What a failure means for its job.
 *
 * <table>
 * <caption>by kind</caption>
 * <tr><td>lost</td><td>tried again; uses up attempts only beyond {@code freeLosses}; quarantined
 * when it took down its worker {@code maxTakedowns} times</td></tr>
 * <tr><td>hung, bug</td><td>tried again until {@code maxAttempts} are used up</td></tr>
 * <tr><td>out of memory, invalid</td><td>failed: the same job would end the same</td></tr>
 * <tr><td>poison</td><td>quarantined</td></tr>
 * </table>
 *
 * @param maxAttempts attempts that a job may use up, at least 1
 * @param freeLosses losses that use up no attempt
 * @param maxTakedowns workers that a job may take down, at least 1
 * @param firstDelay before the first retry; each further one waits twice as long
 * @param maxDelay the longest wait
 */
public record RetryPolicy(
    int maxAttempts, int freeLosses, int maxTakedowns, Duration firstDelay, Duration maxDelay) {

  public static final RetryPolicy DEFAULT =
      new RetryPolicy(3, 3, 2, Duration.ofSeconds(1), Duration.ofMinutes(1));

  public RetryPolicy {
    atLeast("maxAttempts", maxAttempts, 1);
    atLeast("freeLosses", freeLosses, 0);
    atLeast("maxTakedowns", maxTakedowns, 1);
    if (firstDelay.isNegative() || maxDelay.compareTo(firstDelay) < 0) {
      throw new IllegalArgumentException(
          "delays must be 0 <= firstDelay <= maxDelay, got " + firstDelay + " and " + maxDelay);
    }
  }

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
   */
  Verdict judge(JobRecord before, JobFailure.Kind kind, boolean tookWorkerDown) {
    return switch (kind) {
      case INVALID, OUT_OF_MEMORY -> new Verdict(JobState.FAILED, Duration.ZERO);
      case POISON -> new Verdict(JobState.QUARANTINED, Duration.ZERO);
      case HUNG, BUG -> retry(before.failures() + 1, before.losses());
      case LOST ->
          tookWorkerDown && before.takedowns() + 1 >= maxTakedowns
              ? new Verdict(JobState.QUARANTINED, Duration.ZERO)
              : retry(before.failures(), before.losses() + 1);
    };
  }

  private Verdict retry(int failures, int losses) {
    int used = failures + Math.max(0, losses - freeLosses);
    if (used >= maxAttempts) {
      return new Verdict(JobState.FAILED, Duration.ZERO);
    }
    return new Verdict(JobState.PENDING, used == 0 ? Duration.ZERO : delayAfter(used));
  }

  /** The wait after the {@code used}-th used-up attempt, from 1: doubled each time, capped. */
  Duration delayAfter(int used) {
    Duration delay = firstDelay;
    for (int i = 1; i < used && delay.compareTo(maxDelay) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    return delay.compareTo(maxDelay) < 0 ? delay : maxDelay;
  }

  private static void atLeast(String name, int value, int bound) {
    if (value < bound) {
      throw new IllegalArgumentException(name + " must be >= " + bound + ", got " + value);
    }
  }
}
