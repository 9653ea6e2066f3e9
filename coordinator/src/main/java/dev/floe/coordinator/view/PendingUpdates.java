package dev.floe.coordinator.view;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a subscriber has not taken yet. Bounded by what changed, not by how often it was told: a
 * job's progress is merged while it waits, and forgotten when the job's state changes; changes of
 * state are all kept, in order. A snapshot replaces what waits.
 */
public final class PendingUpdates {

  /** A place in the queue; empty when what stood there was overtaken. */
  private static final class Place {
    private SweepUpdate update;

    private Place(SweepUpdate update) {
      this.update = update;
    }
  }

  private final Deque<Place> queue = new ArrayDeque<>();
  private final Map<Integer, Place> progress = new HashMap<>();

  /** Adds what changed. */
  public void add(SweepUpdate update) {
    if (update instanceof SweepUpdate.JobProgressed progressed) {
      addProgress(progressed);
      return;
    }
    if (update instanceof SweepUpdate.Snapshot) {
      queue.clear();
      progress.clear();
    } else if (update instanceof SweepUpdate.JobChanged changed) {
      Place overtaken = progress.remove(changed.job().index());
      if (overtaken != null) {
        overtaken.update = null;
      }
    }
    queue.add(new Place(update));
  }

  private void addProgress(SweepUpdate.JobProgressed later) {
    Place waiting = progress.get(later.index());
    if (waiting == null) {
      Place place = new Place(later);
      progress.put(later.index(), place);
      queue.add(place);
    } else {
      waiting.update = ((SweepUpdate.JobProgressed) waiting.update).and(later);
    }
  }

  /** How many wait. */
  public int size() {
    return queue.size();
  }

  /** Takes the oldest; empty when nothing waits. */
  public Optional<SweepUpdate> poll() {
    while (!queue.isEmpty()) {
      SweepUpdate update = queue.remove().update;
      if (update instanceof SweepUpdate.JobProgressed progressed) {
        progress.remove(progressed.index());
      }
      if (update != null) {
        return Optional.of(update);
      }
    }
    return Optional.empty();
  }
}
