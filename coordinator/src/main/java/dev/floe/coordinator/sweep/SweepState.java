package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What the events so far add up to. Immutable; knows no clock.
 *
 * @param submitted null before the submission, and then so are {@code phase} and {@code jobs}
 * @param finished when the last job ended; null before that
 */
record SweepState(
    SweepEvent.SweepSubmitted submitted, SweepPhase phase, Instant finished, JobTable jobs) {

  /** No sweep yet. */
  static final SweepState EMPTY = new SweepState(null, null, null, null);

  boolean isEmpty() {
    return submitted == null;
  }

  /** The state after one more event. */
  SweepState apply(SweepEvent event) {
    if (event instanceof SweepEvent.SweepSubmitted first) {
      return new SweepState(first, SweepPhase.RUNNING, null, JobTable.of(first.jobs()));
    }
    if (event instanceof SweepEvent.OfJob ofJob) {
      JobRecord after = jobs.get(ofJob.job()).apply(ofJob);
      return new SweepState(submitted, phase, finished, jobs.with(ofJob.job(), after));
    }
    if (event instanceof SweepEvent.SweepFinished last) {
      return new SweepState(submitted, SweepPhase.FINISHED, last.at(), jobs);
    }
    SweepPhase next =
        event instanceof SweepEvent.SweepStopped ? SweepPhase.STOPPED : SweepPhase.RUNNING;
    return new SweepState(submitted, next, finished, jobs);
  }

  /** Whether this attempt of this job is the one that is out; all others are stale. */
  boolean isOut(int job, int attempt) {
    JobRecord record = jobs.get(job);
    return record.state() == JobState.RUNNING && record.attempt() == attempt;
  }

  /** The jobs that are leased, by index. */
  SortedMap<Integer, JobRecord> running() {
    return jobs.where(record -> record.state() == JobState.RUNNING);
  }

  /** The job to lease next; empty when none is due or the sweep is not running. */
  Optional<Integer> nextDue(Instant now) {
    return phase == SweepPhase.RUNNING
        ? Optional.ofNullable(jobs.first(record -> record.dueAt(now)))
        : Optional.empty();
  }

  /** When the next job that waits for its retry comes due; empty when none waits. */
  Optional<Instant> nextRetry(Instant now) {
    return jobs.where(record -> record.state() == JobState.PENDING).values().stream()
        .map(JobRecord::retryAt)
        .filter(retryAt -> retryAt != null && retryAt.isAfter(now))
        .min(Comparator.naturalOrder());
  }
}
