package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Decides which events follow from what happens. Pure: no events means that nothing changes,
 * because the attempt is stale, was already counted, or the sweep is not in that phase.
 */
final class SweepRules {
  private static final JobFailure ORPHANED =
      new JobFailure(
          JobFailure.Kind.LOST, "its worker did not outlive the coordinator's restart", "");

  private final RetryPolicy policy;

  SweepRules(RetryPolicy policy) {
    this.policy = policy;
  }

  /** A worker asks for a job. */
  List<SweepEvent> offered(SweepState state, String worker, Instant now) {
    return offered(state, worker, any -> true, now);
  }

  /** A worker asks for a job that fits those that it runs. */
  List<SweepEvent> offered(SweepState state, String worker, Predicate<Integer> fits, Instant now) {
    return state
        .nextDue(now, fits)
        .<List<SweepEvent>>map(
            job -> {
              int attempt = state.jobs().get(job).attempt() + 1;
              return List.of(new SweepEvent.JobLeased(job, attempt, worker, now));
            })
        .orElse(List.of());
  }

  /** An attempt ran to its end. */
  List<SweepEvent> completed(
      SweepState state, int job, int attempt, JobReport report, Instant now) {
    return ifOut(state, new SweepEvent.JobCompleted(job, attempt, report, now));
  }

  /** An attempt failed, or was lost. */
  List<SweepEvent> failed(
      SweepState state,
      int job,
      int attempt,
      JobFailure failure,
      boolean tookWorkerDown,
      Instant now) {
    RetryPolicy.Verdict verdict =
        policy.judge(state.jobs().get(job), failure.kind(), tookWorkerDown, chance(job, attempt));
    JobFailure reason =
        verdict.next() == JobState.QUARANTINED
            ? poison(state.jobs().get(job).takedowns() + 1, failure)
            : failure;
    boolean waits = verdict.next() == JobState.PENDING && !verdict.delay().equals(Duration.ZERO);
    return ifOut(
        state,
        new SweepEvent.JobFailed(
            job,
            attempt,
            reason,
            tookWorkerDown,
            verdict.next(),
            waits ? now.plus(verdict.delay()) : null,
            now));
  }

  /** A job is not lost any more when it is what its workers are lost to. */
  private static JobFailure poison(int takedowns, JobFailure last) {
    if (last.kind() == JobFailure.Kind.POISON) {
      return last;
    }
    String message = "took down %d workers, the last time: %s".formatted(takedowns, last.message());
    return new JobFailure(JobFailure.Kind.POISON, message, last.detail());
  }

  /** The same for the same attempt, and another for others: chance that can be repeated. */
  private static double chance(int job, int attempt) {
    return new SplittableRandom(((long) job << 32) + attempt).nextDouble();
  }

  /** An attempt was handed back. */
  List<SweepEvent> returned(SweepState state, int job, int attempt, Instant now) {
    return ifOut(state, new SweepEvent.JobReturned(job, attempt, now));
  }

  /** Leases from before a restart whose workers did not come back. */
  List<SweepEvent> orphaned(SweepState state, Set<Integer> jobs, Instant now) {
    List<SweepEvent> events = new ArrayList<>();
    SweepState folded = state;
    for (int job : jobs) {
      int attempt = state.jobs().get(job).attempt();
      for (SweepEvent event : failed(folded, job, attempt, ORPHANED, false, now)) {
        folded = folded.apply(event);
        events.add(event);
      }
    }
    return events;
  }

  /** The sweep is ended by its user. */
  List<SweepEvent> cancelled(SweepState state, Instant now) {
    return state.phase() == SweepPhase.FINISHED
        ? List.of()
        : List.of(new SweepEvent.SweepCancelled(now));
  }

  /** Failed jobs get another chance; a sweep that was over because of them goes on. */
  List<SweepEvent> retried(SweepState state, Set<JobFailure.Kind> kinds, Instant now) {
    List<SweepEvent> events = new ArrayList<>();
    state
        .jobs()
        .where(record -> record.failedFor(kinds))
        .forEach(
            (job, record) -> events.add(new SweepEvent.JobRetried(job, record.attempt(), now)));
    if (!events.isEmpty() && state.phase() == SweepPhase.FINISHED) {
      events.add(0, new SweepEvent.SweepResumed(now));
    }
    return events;
  }

  /** Whether one of these events can make a job due, now or later. */
  static boolean makeWork(List<SweepEvent> events) {
    return events.stream()
        .anyMatch(
            event ->
                event instanceof SweepEvent.SweepSubmitted
                    || event instanceof SweepEvent.SweepResumed
                    || event instanceof SweepEvent.JobReturned
                    || event instanceof SweepEvent.JobRetried
                    || (event instanceof SweepEvent.JobFailed failed
                        && failed.next() == JobState.PENDING));
  }

  private static List<SweepEvent> ifOut(SweepState state, SweepEvent.OfJob event) {
    if (!state.isOut(event.job(), event.attempt())) {
      return List.of();
    }
    List<SweepEvent> events = new ArrayList<>();
    events.add(event);
    if (state.apply(event).jobs().allEnded()) {
      events.add(new SweepEvent.SweepFinished(event.at()));
    }
    return events;
  }
}
