package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;

/**
 * A {@link SweepState} as the snapshot store keeps it. A shortcut for recovery: the journal holds
 * all that this does.
 *
 * @param jobs those that something has happened to
 */
public record SweepSnapshot(
    SweepEvent.SweepSubmitted submitted,
    SweepPhase phase,
    Instant finished,
    SortedMap<Integer, JobRecord> jobs)
    implements FloeEvent {

  static SweepSnapshot of(SweepState state) {
    return new SweepSnapshot(
        state.submitted(),
        state.phase(),
        state.finished(),
        state.jobs().where(record -> !record.equals(JobRecord.UNTOUCHED)));
  }

  SweepState state() {
    JobTable table = JobTable.of(submitted.jobs());
    for (Map.Entry<Integer, JobRecord> job : jobs.entrySet()) {
      table = table.with(job.getKey(), job.getValue());
    }
    return new SweepState(submitted, phase, finished, table);
  }
}
