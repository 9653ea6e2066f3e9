package dev.floe.coordinator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.failure.FailurePolicy;
import dev.floe.protocol.report.JobFailure.Kind;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
  private static final RetryPolicy POLICY = policy(3, 2, 2, 1, 5);

  @ParameterizedTest
  @EnumSource(names = {"INVALID", "OUT_OF_MEMORY"})
  void failureThatWouldRepeat_isFinal(Kind kind) {
    assertThat(POLICY.judge(after(0, 0, 0), kind, false, 0)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void poison_isQuarantined() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.POISON, false, 0))
        .isEqualTo(end(JobState.QUARANTINED));
  }

  @ParameterizedTest
  @EnumSource(names = {"BUG", "HUNG"})
  void failureOfItsOwn_isRetriedWithBackOffUntilAttemptsAreUsedUp(Kind kind) {
    assertThat(POLICY.judge(after(0, 0, 0), kind, false, 0)).isEqualTo(retryAfter(1));
    assertThat(POLICY.judge(after(1, 0, 0), kind, false, 0)).isEqualTo(retryAfter(2));
    assertThat(POLICY.judge(after(2, 0, 0), kind, false, 0)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void loss_isRetriedAtOnceAndFreeUntilItKeepsHappening() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.LOST, false, 0)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 1, 0), Kind.LOST, false, 0)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 2, 0), Kind.LOST, false, 0)).isEqualTo(retryAfter(1));
    assertThat(POLICY.judge(after(0, 4, 0), Kind.LOST, false, 0)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void freeLosses_leaveTheAttemptsOfOtherFailures() {
    assertThat(POLICY.judge(after(1, 2, 0), Kind.BUG, false, 0)).isEqualTo(retryAfter(2));
  }

  @Test
  void secondTakedown_isQuarantined() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.LOST, true, 0)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 1, 1), Kind.LOST, true, 0))
        .isEqualTo(end(JobState.QUARANTINED));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,1", "2,2", "3,4", "4,5", "1000,5"})
  void delay_doublesUpToItsCap(int used, int seconds) {
    assertThat(POLICY.policies().of(Kind.BUG).delayAfter(used, 0)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource({"0,4", "0.5,3.6", "1,3.2"})
  void jitter_takesOffNoMoreThanItsShare(double chance, double seconds) {
    FailurePolicy policy = new FailurePolicy(9, 0, 1, 100, 0.2);
    assertThat(policy.delayAfter(3, chance)).isCloseTo(seconds, within(1e-9));
  }

  @Test
  void policyOfASweep_countsForItsKindAlone() {
    RetryPolicy sweep =
        new RetryPolicy(new FailurePolicies(Map.of(Kind.BUG, new FailurePolicy(1, 0, 1, 1, 0)), 3));
    assertThat(sweep.judge(after(0, 0, 0), Kind.BUG, false, 0)).isEqualTo(end(JobState.FAILED));
    assertThat(sweep.judge(after(0, 0, 0), Kind.HUNG, false, 0)).isEqualTo(retryAfter(1));
    assertThat(sweep.judge(after(0, 1, 1), Kind.LOST, true, 0)).isEqualTo(retryAfter(0));
    assertThat(sweep.judge(after(0, 2, 2), Kind.LOST, true, 0))
        .isEqualTo(end(JobState.QUARANTINED));
  }

  @Test
  void impossiblePolicy_isRefusedWithNameAndValue() {
    assertThatThrownBy(() -> new FailurePolicy(0, 0, 0, 0, 0))
        .hasMessage("attempts must be >= 1, got 0");
    assertThatThrownBy(() -> new FailurePolicy(1, 0, 2, 1, 0))
        .hasMessageContaining("delay <= max-delay");
  }

  /** The same attempts and waits for each kind that is retried at all. */
  static RetryPolicy policy(int attempts, int free, int takedowns, int delay, int longest) {
    FailurePolicy own = new FailurePolicy(attempts, 0, delay, longest, 0);
    return new RetryPolicy(
        new FailurePolicies(
            Map.of(
                Kind.BUG,
                own,
                Kind.HUNG,
                own,
                Kind.LOST,
                new FailurePolicy(attempts, free, delay, longest, 0)),
            takedowns));
  }

  private static RetryPolicy.Verdict retryAfter(int seconds) {
    return new RetryPolicy.Verdict(JobState.PENDING, Duration.ofSeconds(seconds));
  }

  private static RetryPolicy.Verdict end(JobState state) {
    return new RetryPolicy.Verdict(state, Duration.ZERO);
  }

  private static JobRecord after(int failures, int losses, int takedowns) {
    return new JobRecord(
        JobState.RUNNING, 1, 1, failures, losses, takedowns, "w", null, null, null);
  }
}
