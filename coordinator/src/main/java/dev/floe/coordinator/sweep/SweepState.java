package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * What the events so far add up to. Immutable; knows no clock. Of a large sweep it does not hold
 * what came of the jobs that have ended: that is in the sweep's files, and in the journal.
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
    if (event instanceof SweepEvent.Together together) {
      return applyAll(together.events());
    }
    if (event instanceof SweepEvent.OfJob ofJob) {
      JobRecord after = jobs.get(ofJob.job()).apply(ofJob);
      if (ofJob.job() != JobSpec.BASELINE && SweepView.isLarge(submitted.jobs())) {
        after = after.withoutWhatIsWritten();
      }
      return new SweepState(submitted, phase, finished, jobs.with(ofJob.job(), after));
    }
    if (event instanceof SweepEvent.SweepFinished last) {
      return new SweepState(submitted, SweepPhase.FINISHED, last.at(), jobs);
    }
    if (event instanceof SweepEvent.SweepCancelled cancelled) {
      return new SweepState(submitted, SweepPhase.FINISHED, cancelled.at(), jobs.stopped());
    }
    SweepPhase next =
        event instanceof SweepEvent.SweepStopped ? SweepPhase.STOPPED : SweepPhase.RUNNING;
    return new SweepState(submitted, next, null, jobs);
  }

  /** The state after more events. */
  SweepState applyAll(List<SweepEvent> events) {
    SweepState state = this;
    for (SweepEvent event : events) {
      state = state.apply(event);
    }
    return state;
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
    return phase == SweepPhase.RUNNING ? jobs.firstDue(now) : Optional.empty();
  }

  /** The job to lease next of those that fit; only those near the first one are looked at. */
  Optional<Integer> nextDue(Instant now, Predicate<Integer> fits) {
    return phase == SweepPhase.RUNNING ? jobs.firstDue(now, fits) : Optional.empty();
  }

  /** When the next job that waits for its retry comes due; empty when none waits. */
  Optional<Instant> nextRetry(Instant now) {
    return jobs.nextRetry(now);
  }
}
