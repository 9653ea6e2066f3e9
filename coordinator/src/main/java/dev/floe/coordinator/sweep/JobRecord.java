package dev.floe.coordinator.sweep;

import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.Set;

/**
 * All that the coordinator remembers of one job.
 *
 * @param attempt number of the latest lease, 0 before the first: the fence
 * @param starts how often it was started and not handed back
 * @param failures attempts that failed by themselves
 * @param losses attempts that were lost with their worker, lease or connection
 * @param takedowns those of them whose worker died while it ran this job
 * @param worker who runs it; null unless running
 * @param retryAt not to be leased before; null when there is nothing to wait for
 * @param report null unless done or diverged; not kept in large sweeps
 * @param failure the latest failure; null when there was none, or when it ended well
 */
public record JobRecord(
    JobState state,
    int attempt,
    int starts,
    int failures,
    int losses,
    int takedowns,
    String worker,
    Instant retryAt,
    JobReport report,
    JobFailure failure) {

  /** A job that nothing has happened to. */
  static final JobRecord UNTOUCHED =
      new JobRecord(JobState.PENDING, 0, 0, 0, 0, 0, null, null, null, null);

  /** What most jobs of a large sweep come to. */
  private static final JobRecord DONE_AT_ONCE =
      new JobRecord(JobState.DONE, 1, 1, 0, 0, 0, null, null, null, null);

  JobRecord apply(SweepEvent.OfJob event) {
    if (event instanceof SweepEvent.JobLeased leased) {
      return new JobRecord(
          JobState.RUNNING,
          leased.attempt(),
          starts + 1,
          failures,
          losses,
          takedowns,
          leased.worker(),
          null,
          null,
          failure);
    }
    if (event instanceof SweepEvent.JobCompleted completed) {
      JobState ended =
          completed.report().outcome() == JobReport.Outcome.DONE
              ? JobState.DONE
              : JobState.DIVERGED;
      return new JobRecord(
          ended,
          attempt,
          starts,
          failures,
          losses,
          takedowns,
          null,
          null,
          completed.report(),
          null);
    }
    if (event instanceof SweepEvent.JobFailed failed) {
      boolean lost = failed.failure().kind() == JobFailure.Kind.LOST;
      return new JobRecord(
          failed.next(),
          attempt,
          starts,
          failures + (lost ? 0 : 1),
          losses + (lost ? 1 : 0),
          takedowns + (failed.tookWorkerDown() ? 1 : 0),
          null,
          failed.retryAt(),
          null,
          failed.failure());
    }
    if (event instanceof SweepEvent.JobRetried) {
      return new JobRecord(JobState.PENDING, attempt, starts, 0, 0, 0, null, null, null, failure);
    }
    return new JobRecord(
        JobState.PENDING,
        attempt,
        starts - 1,
        failures,
        losses,
        takedowns,
        null,
        null,
        null,
        failure);
  }

  /** The record of a job that ends because its sweep does. */
  JobRecord stopped() {
    return new JobRecord(
        JobState.STOPPED, attempt, starts, failures, losses, takedowns, null, null, null, failure);
  }

  /** The record without what a job leaves behind when it has ended, reports and stack traces. */
  JobRecord withoutWhatIsWritten() {
    if (!state.ended()) {
      return this;
    }
    JobFailure why = failure == null ? null : new JobFailure(failure.kind(), failure.message(), "");
    JobRecord brief =
        new JobRecord(state, attempt, starts, failures, losses, takedowns, null, null, null, why);
    return brief.equals(DONE_AT_ONCE) ? DONE_AT_ONCE : brief;
  }

  /**
   * The record with what {@link #withoutWhatIsWritten} left out of the event that ended the job.
   */
  JobRecord recalling(SweepEvent.OfJob last) {
    JobReport whole = last instanceof SweepEvent.JobCompleted c ? c.report() : report;
    JobFailure why = last instanceof SweepEvent.JobFailed f ? f.failure() : failure;
    return new JobRecord(
        state, attempt, starts, failures, losses, takedowns, worker, retryAt, whole, why);
  }

  /** Whether the job ended without a result, for one of these reasons. */
  boolean failedFor(Set<JobFailure.Kind> kinds) {
    boolean failed = state == JobState.FAILED || state == JobState.QUARANTINED;
    return failed && failure != null && kinds.contains(failure.kind());
  }

  boolean dueAt(Instant now) {
    return state == JobState.PENDING && (retryAt == null || !retryAt.isAfter(now));
  }
}
