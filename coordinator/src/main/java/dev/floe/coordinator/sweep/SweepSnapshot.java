package dev.floe.coordinator.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.floe.coordinator.view.SweepPhase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A {@link SweepState} as the snapshot store keeps it. A shortcut for recovery: the journal holds
 * all that this does.
 *
 * @param jobs those that something has happened to, unless a stretch holds them
 * @param stretches jobs in a row that the same has happened to; null in early snapshots
 */
public record SweepSnapshot(
    SweepEvent.SweepSubmitted submitted,
    SweepPhase phase,
    Instant finished,
    SortedMap<Integer, JobRecord> jobs,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Stretch> stretches)
    implements FloeEvent {

  public SweepSnapshot {
    stretches = stretches == null ? List.of() : List.copyOf(stretches);
  }

  /** Jobs {@code first} to {@code last}, both inclusive, with equal records. */
  public record Stretch(int first, int last, JobRecord record) {}

  static SweepSnapshot of(SweepState state) {
    SortedMap<Integer, JobRecord> jobs = new TreeMap<>();
    List<Stretch> stretches = new ArrayList<>();
    state
        .jobs()
        .forEachStretch(
            (first, last, record) -> {
              if (record.equals(JobRecord.UNTOUCHED)) {
                return;
              }
              if (first == last) {
                jobs.put(first, record);
              } else {
                stretches.add(new Stretch(first, last, record));
              }
            });
    return new SweepSnapshot(state.submitted(), state.phase(), state.finished(), jobs, stretches);
  }

  SweepState state() {
    JobTable table = JobTable.of(submitted.jobs());
    for (Stretch stretch : stretches) {
      table = table.with(stretch.first(), stretch.last(), stretch.record());
    }
    for (Map.Entry<Integer, JobRecord> job : jobs.entrySet()) {
      table = table.with(job.getKey(), job.getValue());
    }
    return new SweepState(submitted, phase, finished, table);
  }
}
