package dev.floe.coordinator.sweep;

import static dev.floe.coordinator.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure.Kind;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What happens to a sweep of one job and its baseline, without any actor. */
class SweepRulesTest {
  private static final SweepRules RULES = new SweepRules(RetryPolicyTest.policy(2, 1, 2, 10, 10));

  private SweepState state =
      SweepState.EMPTY.apply(new SweepEvent.SweepSubmitted("s", "{}", "/out", 1, NOON));

  @Test
  void offers_takeTheBaselineThenTheJobsThenNothing() {
    assertThat(lease()).isEqualTo(JobSpec.BASELINE);
    assertThat(lease()).isZero();
    assertThat(RULES.offered(state, "w", NOON)).isEmpty();
  }

  @Test
  void report_countsOnce() {
    lease();
    lease();
    assertThat(happens(RULES.completed(state, 0, 1, Samples.report(), NOON))).isNotEmpty();
    assertThat(RULES.completed(state, 0, 1, Samples.report(), NOON)).isEmpty();
    assertThat(job(0).state()).isEqualTo(JobState.DONE);
  }

  @Test
  void divergedReport_isResultAndNoFailure() {
    lease();
    lease();
    JobReport diverged = Samples.report(JobReport.Outcome.DIVERGED, 2.0, Double.NaN);
    happens(RULES.completed(state, 0, 1, diverged, NOON));
    assertThat(job(0).state()).isEqualTo(JobState.DIVERGED);
    assertThat(job(0).report()).isEqualTo(diverged);
  }

  @Test
  void staleAttempt_changesNothing() {
    lease();
    lease();
    happens(RULES.failed(state, 0, 1, Samples.failure(Kind.LOST), false, NOON));
    assertThat(lease()).isZero();
    assertThat(RULES.completed(state, 0, 1, Samples.report(), NOON)).isEmpty();
    assertThat(RULES.failed(state, 0, 1, Samples.failure(Kind.BUG), false, NOON)).isEmpty();
    assertThat(RULES.returned(state, 0, 1, NOON)).isEmpty();
    assertThat(job(0).attempt()).isEqualTo(2);
    assertThat(job(0).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void returnedLease_costsNoStartButRaisesTheFence() {
    lease();
    lease();
    happens(RULES.returned(state, 0, 1, NOON));
    assertThat(job(0).starts()).isZero();
    assertThat(lease()).isZero();
    assertThat(job(0).attempt()).isEqualTo(2);
    assertThat(job(0).starts()).isEqualTo(1);
  }

  @Test
  void bug_waitsForItsRetry() {
    lease();
    lease();
    happens(RULES.failed(state, 0, 1, Samples.failure(Kind.BUG), false, NOON));
    assertThat(state.nextDue(NOON)).isEmpty();
    assertThat(state.nextRetry(NOON)).contains(NOON.plusSeconds(10));
    assertThat(state.nextDue(NOON.plusSeconds(10))).contains(0);
    assertThat(job(0).failure()).isEqualTo(Samples.failure(Kind.BUG));
  }

  @Test
  void lastJobToEnd_finishesTheSweep() {
    lease();
    lease();
    happens(RULES.failed(state, 0, 1, Samples.failure(Kind.INVALID), false, NOON));
    assertThat(state.phase()).isEqualTo(SweepPhase.RUNNING);
    happens(RULES.completed(state, JobSpec.BASELINE, 1, Samples.report(), NOON.plusSeconds(1)));
    assertThat(state.phase()).isEqualTo(SweepPhase.FINISHED);
    assertThat(state.finished()).isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  void sweepAtRest_handsOutNothingUntilResumed() {
    happens(List.of(new SweepEvent.SweepStopped(NOON)));
    assertThat(RULES.offered(state, "w", NOON)).isEmpty();
    happens(List.of(new SweepEvent.SweepResumed(NOON)));
    assertThat(lease()).isEqualTo(JobSpec.BASELINE);
  }

  @Test
  void success_clearsTheFailureOfAnEarlierAttempt() {
    lease();
    lease();
    happens(RULES.failed(state, 0, 1, Samples.failure(Kind.LOST), false, NOON));
    lease();
    happens(RULES.completed(state, 0, 2, Samples.report(), NOON));
    assertThat(job(0).failure()).isNull();
    assertThat(job(0).starts()).isEqualTo(2);
  }

  @Test
  void orphans_arePendingAgainWithTheirLossesCounted() {
    lease();
    lease();
    happens(RULES.orphaned(state, Set.of(JobSpec.BASELINE, 0), NOON));
    assertThat(state.running()).isEmpty();
    assertThat(job(0).losses()).isEqualTo(1);
    assertThat(job(0).starts()).isEqualTo(1);
  }

  @Test
  void lastOrphansOutOfAttempts_finishTheSweepOnce() {
    for (int restart = 0; restart < 3; restart++) {
      state = resumeAfterDelay(state);
      happens(RULES.orphaned(state, Set.of(JobSpec.BASELINE, 0), NOON));
    }
    assertThat(job(0).state()).isEqualTo(JobState.FAILED);
    assertThat(state.phase()).isEqualTo(SweepPhase.FINISHED);
  }

  /** Leases both jobs, once their waits are over. */
  private static SweepState resumeAfterDelay(SweepState before) {
    SweepState leased = before;
    for (int i = 0; i < 2; i++) {
      for (SweepEvent event : RULES.offered(leased, "w", NOON.plusSeconds(60))) {
        leased = leased.apply(event);
      }
    }
    return leased;
  }

  /** Leases the next job and gives its index. */
  private int lease() {
    List<SweepEvent> events = happens(RULES.offered(state, "w", NOON));
    return ((SweepEvent.JobLeased) events.get(0)).job();
  }

  private List<SweepEvent> happens(List<SweepEvent> events) {
    for (SweepEvent event : events) {
      state = state.apply(event);
    }
    return events;
  }

  private JobRecord job(int index) {
    return state.jobs().get(index);
  }
}
