package dev.floe.coordinator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.report.JobFailure.Kind;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
  private static final RetryPolicy POLICY =
      new RetryPolicy(3, 2, 2, Duration.ofSeconds(1), Duration.ofSeconds(5));

  @ParameterizedTest
  @EnumSource(names = {"INVALID", "OUT_OF_MEMORY"})
  void failureThatWouldRepeat_isFinal(Kind kind) {
    assertThat(POLICY.judge(after(0, 0, 0), kind, false)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void poison_isQuarantined() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.POISON, false))
        .isEqualTo(end(JobState.QUARANTINED));
  }

  @ParameterizedTest
  @EnumSource(names = {"BUG", "HUNG"})
  void failureOfItsOwn_isRetriedWithBackOffUntilAttemptsAreUsedUp(Kind kind) {
    assertThat(POLICY.judge(after(0, 0, 0), kind, false)).isEqualTo(retryAfter(1));
    assertThat(POLICY.judge(after(1, 0, 0), kind, false)).isEqualTo(retryAfter(2));
    assertThat(POLICY.judge(after(2, 0, 0), kind, false)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void loss_isRetriedAtOnceAndFreeUntilItKeepsHappening() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.LOST, false)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 1, 0), Kind.LOST, false)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 2, 0), Kind.LOST, false)).isEqualTo(retryAfter(1));
    assertThat(POLICY.judge(after(0, 4, 0), Kind.LOST, false)).isEqualTo(end(JobState.FAILED));
  }

  @Test
  void freeLosses_leaveTheAttemptsOfOtherFailures() {
    assertThat(POLICY.judge(after(1, 2, 0), Kind.BUG, false)).isEqualTo(retryAfter(2));
  }

  @Test
  void secondTakedown_isQuarantined() {
    assertThat(POLICY.judge(after(0, 0, 0), Kind.LOST, true)).isEqualTo(retryAfter(0));
    assertThat(POLICY.judge(after(0, 1, 1), Kind.LOST, true)).isEqualTo(end(JobState.QUARANTINED));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,4", "4,5", "1000,5"})
  void delay_doublesUpToItsCap(int used, int seconds) {
    assertThat(POLICY.delayAfter(used)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void impossiblePolicy_isRefusedWithNameAndValue() {
    assertThatThrownBy(() -> new RetryPolicy(0, 0, 1, Duration.ZERO, Duration.ZERO))
        .hasMessage("maxAttempts must be >= 1, got 0");
    assertThatThrownBy(() -> new RetryPolicy(1, 0, 1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("firstDelay <= maxDelay");
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
