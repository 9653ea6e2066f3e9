package dev.floe.coordinator.sweep;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.List;

/** What happened to a sweep, in the order in which it happened. */
public sealed interface SweepEvent extends FloeEvent {

  /** When it happened. */
  Instant at();

  /** An event of one job; the baseline is a job like any other. */
  sealed interface OfJob extends SweepEvent {
    int job();

    int attempt();
  }

  /**
   * The sweep was submitted.
   *
   * @param spec its canonical JSON
   * @param outputDirectory absolute path of the results
   * @param jobs how many, the baseline not counted
   */
  record SweepSubmitted(String id, String spec, String outputDirectory, int jobs, Instant at)
      implements SweepEvent {}

  /** An attempt was handed to a worker. */
  record JobLeased(int job, int attempt, String worker, Instant at) implements OfJob {}

  /** An attempt ran to its end; this is the one that counts. */
  record JobCompleted(int job, int attempt, JobReport report, Instant at) implements OfJob {}

  /**
   * An attempt failed or was lost.
   *
   * @param tookWorkerDown whether the worker died while it ran this job
   * @param next what the policy of the time decided: pending again, failed or quarantined
   * @param retryAt not to be leased before; null when at once, or never again
   */
  record JobFailed(
      int job,
      int attempt,
      JobFailure failure,
      boolean tookWorkerDown,
      JobState next,
      Instant retryAt,
      Instant at)
      implements OfJob {}

  /** An attempt was handed back on request: it does not count. */
  record JobReturned(int job, int attempt, Instant at) implements OfJob {}

  /** A job that had failed is pending again, as if nothing had happened to it. */
  record JobRetried(int job, int attempt, Instant at) implements OfJob {}

  /** No more jobs are handed out until the sweep is resumed. */
  record SweepStopped(Instant at) implements SweepEvent {}

  /** Jobs are handed out again. */
  record SweepResumed(Instant at) implements SweepEvent {}

  /** The sweep was ended: every job that had not ended is stopped. */
  record SweepCancelled(Instant at) implements SweepEvent {}

  /** Every job has ended. */
  record SweepFinished(Instant at) implements SweepEvent {}

  /**
   * Several events that were persisted as one: all of them happened, or none did.
   *
   * @param events at least one, in order
   */
  record Together(
      @JsonTypeInfo(use = JsonTypeInfo.Id.CUSTOM, property = "event")
          @JsonTypeIdResolver(EventNames.class)
          List<SweepEvent> events)
      implements SweepEvent {
    public Together {
      events = List.copyOf(events);
      if (events.isEmpty()) {
        throw new IllegalArgumentException("together there is at least one event");
      }
    }

    @Override
    public Instant at() {
      return events.get(events.size() - 1).at();
    }
  }

  /** One event that says the same as these, of which there is at least one. */
  static SweepEvent together(List<SweepEvent> events) {
    return events.size() == 1 ? events.get(0) : new Together(events);
  }
}
