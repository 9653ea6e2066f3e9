package dev.floe.worker.node;

import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the device's thread has to do or does, in the order of the leases, and what fits beside. */
final class RunningLeases {

  /** A lease's job, and the flags by which it is told to stop. */
  record Running(Lease lease, JobSpec job, LeaseControl control) {}

  /** What would run along with what runs. */
  private record Room(BundleKey key, int jobs) {}

  private final Map<Lease, Running> running = new LinkedHashMap<>();
  private Room room; // null while nothing can run along

  boolean isEmpty() {
    return running.isEmpty();
  }

  boolean contains(Lease lease) {
    return running.containsKey(lease);
  }

  Optional<Running> find(Lease lease) {
    return Optional.ofNullable(running.get(lease));
  }

  /** All of them at this moment. */
  List<Running> all() {
    return new ArrayList<>(running.values());
  }

  List<Lease> leases() {
    return List.copyOf(running.keySet());
  }

  void add(Running added) {
    running.put(added.lease(), added);
  }

  void remove(Lease lease) {
    running.remove(lease);
    if (running.isEmpty()) {
      room = null;
    }
  }

  void clear() {
    running.clear();
  }

  void stopAll(RunControl.StopReason reason) {
    running.values().forEach(each -> each.control().requestStop(reason));
  }

  /** So many jobs of this kind can run along with what runs. */
  void roomFor(BundleKey key, int jobs) {
    room = new Room(key, jobs);
  }

  /**
   * Takes a place for a job.
   *
   * @return whether there is one: the device is idle, or the job runs along
   */
  boolean takePlace(JobSpec job) {
    if (running.isEmpty()) {
      return true;
    }
    boolean alike = room != null && BundleKey.of(job).equals(Optional.of(room.key()));
    if (!alike || room.jobs() < 1) {
      return false;
    }
    room = new Room(room.key(), room.jobs() - 1);
    return true;
  }
}
