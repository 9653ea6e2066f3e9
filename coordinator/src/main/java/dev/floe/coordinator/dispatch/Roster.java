package dev.floe.coordinator.dispatch;

import dev.floe.coordinator.view.WorkerView;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The workers that are known, what each holds, and until when. A worker takes one lease at a time;
 * a lease that was offered and not yet granted counts too, so that nothing is promised twice.
 */
final class Roster {
  /** A sweep that does not answer an offer for this long has lost it. */
  static final Duration OFFER_TERM = Duration.ofSeconds(30);

  private static final class Seat {
    private WorkerInfo info;
    private Instant offeredUntil; // null while no offer is open
    private boolean leaving;

    private Seat(WorkerInfo info) {
      this.info = info;
    }
  }

  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private final Map<Lease, Instant> deadlines = new LinkedHashMap<>();

  /** A worker introduces itself; one that was known keeps what it holds. */
  void join(WorkerInfo info) {
    seats.computeIfAbsent(info.id(), id -> new Seat(info)).info = info;
  }

  /** The worker takes nothing more. */
  void leaving(String worker) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.leaving = true;
    }
  }

  /** The worker is gone: the leases that went with it. */
  List<Lease> remove(String worker) {
    seats.remove(worker);
    List<Lease> lost = deadlines.keySet().stream().filter(l -> l.worker().equals(worker)).toList();
    lost.forEach(deadlines::remove);
    return lost;
  }

  /** Whether the worker is known and takes leases. */
  boolean takesLeases(String worker) {
    Seat seat = seats.get(worker);
    return seat != null && !seat.leaving;
  }

  /** All workers, longest known first. */
  List<WorkerView> workers(Map<String, WorkerReport.Ended> endings) {
    return seats.values().stream()
        .map(
            seat -> {
              String id = seat.info.id();
              Lease lease =
                  deadlines.keySet().stream()
                      .filter(held -> held.worker().equals(id))
                      .findFirst()
                      .orElse(null);
              return new WorkerView(seat.info, lease, seat.leaving, endings.get(id));
            })
        .toList();
  }

  /** The workers that can be offered a job, longest known first. */
  List<WorkerInfo> free() {
    List<WorkerInfo> free = new ArrayList<>();
    for (Seat seat : seats.values()) {
      boolean holds = deadlines.keySet().stream().anyMatch(l -> l.worker().equals(seat.info.id()));
      if (!seat.leaving && seat.offeredUntil == null && !holds) {
        free.add(seat.info);
      }
    }
    return free;
  }

  /** A sweep was asked for a job for this worker. */
  void offered(String worker, Instant now) {
    seats.get(worker).offeredUntil = now.plus(OFFER_TERM);
  }

  /** The sweep has answered. */
  void answered(String worker) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.offeredUntil = null;
    }
  }

  /** The worker holds this lease from now on. */
  void hold(Lease lease, Instant now) {
    deadlines.put(lease, now.plus(lease.term()));
  }

  /** The holder was heard of; false when nobody holds this lease. */
  boolean renew(Lease lease, Instant now) {
    return deadlines.replace(lease, now.plus(lease.term())) != null;
  }

  /** The lease is over. */
  void release(Lease lease) {
    deadlines.remove(lease);
  }

  /** All leases that are held. */
  Set<Lease> leases() {
    return new LinkedHashSet<>(deadlines.keySet());
  }

  /** Releases the leases whose holders were silent for too long. */
  List<Lease> expire(Instant now) {
    List<Lease> expired =
        deadlines.entrySet().stream()
            .filter(lease -> !lease.getValue().isAfter(now))
            .map(Map.Entry::getKey)
            .toList();
    expired.forEach(deadlines::remove);
    for (Seat seat : seats.values()) {
      if (seat.offeredUntil != null && !seat.offeredUntil.isAfter(now)) {
        seat.offeredUntil = null;
      }
    }
    return expired;
  }

  /** Whether no lease is held and none is promised. */
  boolean idle() {
    return deadlines.isEmpty() && seats.values().stream().allMatch(s -> s.offeredUntil == null);
  }
}
