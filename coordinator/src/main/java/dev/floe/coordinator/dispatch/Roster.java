package dev.floe.coordinator.dispatch;

import dev.floe.coordinator.view.WorkerView;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The workers that are known, what each holds, and until when. A worker takes one lease at a time,
 * and beside it as many as it says that it has room for, if they run along; a lease that was
 * offered and not yet granted counts too, so that nothing is promised twice. Nothing that happens
 * for each lease takes longer with more workers.
 */
final class Roster {
  /** A sweep that does not answer an offer for this long has lost it. */
  static final Duration OFFER_TERM = Duration.ofSeconds(30);

  private static final class Seat {
    private WorkerInfo info;
    private Instant offeredUntil; // null while no offer is open
    private boolean leaving;
    private BundleKey key; // of what it runs; null while it has no room beside that
    private int room;
    private final Set<Lease> held = new LinkedHashSet<>();

    private Seat(WorkerInfo info) {
      this.info = info;
    }
  }

  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private final Map<Lease, Instant> deadlines = new LinkedHashMap<>();
  private final Set<String> free = new LinkedHashSet<>(); // who has been so longest comes first
  private final Set<String> roomy = new LinkedHashSet<>(); // hold leases, and could take more
  private int offers; // that are open

  /** A worker introduces itself; one that was known keeps what it holds. */
  void join(WorkerInfo info) {
    Seat seat = seats.computeIfAbsent(info.id(), id -> new Seat(info));
    seat.info = info;
    settle(seat);
  }

  /** The worker takes nothing more. */
  void leaving(String worker) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.leaving = true;
      settle(seat);
    }
  }

  /** The worker is gone: the leases that went with it. */
  List<Lease> remove(String worker) {
    free.remove(worker);
    roomy.remove(worker);
    Seat seat = seats.remove(worker);
    if (seat == null) {
      return List.of();
    }
    answered(seat);
    seat.held.forEach(deadlines::remove);
    return List.copyOf(seat.held);
  }

  /** Keeps {@link #free} and {@link #roomy} true after the seat has changed. */
  private void settle(Seat seat) {
    String worker = seat.info.id();
    boolean open = !seat.leaving && seat.offeredUntil == null;
    if (open && seat.held.isEmpty()) {
      free.add(worker);
    } else {
      free.remove(worker);
    }
    if (open && !seat.held.isEmpty() && seat.room > 0) {
      roomy.add(worker);
    } else {
      roomy.remove(worker);
    }
  }

  /** The worker would run so many more jobs of this key along with what it holds. */
  void room(String worker, BundleKey key, int jobs) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.key = key;
      seat.room = jobs;
      settle(seat);
    }
  }

  /** A worker that has room beside what it runs, and what it has room for. */
  record Room(String worker, String sweep, BundleKey key) {}

  /** The room to fill next; workers with room take turns. */
  Optional<Room> nextRoom() {
    return roomy.stream()
        .findFirst()
        .map(
            worker -> {
              Seat seat = seats.get(worker);
              String sweep = seat.held.iterator().next().sweep();
              return new Room(worker, sweep, seat.key);
            });
  }

  /** Nothing was found for the worker's room: it is not asked for again until it says so. */
  void noneAlike(String worker) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.room = 0;
      answered(seat);
      settle(seat);
    }
  }

  /** Whether the worker is known and takes leases. */
  boolean takesLeases(String worker) {
    Seat seat = seats.get(worker);
    return seat != null && !seat.leaving;
  }

  /**
   * All workers, longest known first.
   *
   * @param endings by worker, how the process before it ended
   */
  List<WorkerView> workers(Map<String, WorkerReport.Ended> endings) {
    return seats.values().stream()
        .map(
            seat ->
                new WorkerView(
                    seat.info, List.copyOf(seat.held), seat.leaving, endings.get(seat.info.id())))
        .toList();
  }

  /** The worker to offer a job to: of those that can take one, who has waited longest. */
  Optional<WorkerInfo> nextFree() {
    return free.stream().findFirst().map(worker -> seats.get(worker).info);
  }

  /** All that {@link #nextFree} would give, one after the other. */
  List<WorkerInfo> free() {
    return free.stream().map(worker -> seats.get(worker).info).toList();
  }

  /** A sweep was asked for a job for this worker. */
  void offered(String worker, Instant now) {
    Seat seat = seats.get(worker);
    offers += seat.offeredUntil == null ? 1 : 0;
    seat.offeredUntil = now.plus(OFFER_TERM);
    settle(seat);
  }

  /** The sweep has answered. */
  void answered(String worker) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      answered(seat);
      settle(seat);
    }
  }

  private void answered(Seat seat) {
    offers -= seat.offeredUntil == null ? 0 : 1;
    seat.offeredUntil = null;
  }

  /** The worker holds this lease from now on. */
  void hold(Lease lease, Instant now) {
    deadlines.put(lease, now.plus(lease.term()));
    Seat seat = seats.get(lease.worker());
    if (seat != null) {
      seat.room = Math.max(0, seat.room - 1);
      seat.held.add(lease);
      settle(seat);
    }
  }

  /** The holder was heard of; false when nobody holds this lease. */
  boolean renew(Lease lease, Instant now) {
    return deadlines.replace(lease, now.plus(lease.term())) != null;
  }

  /** The lease is over. */
  void release(Lease lease) {
    deadlines.remove(lease);
    Seat seat = seats.get(lease.worker());
    if (seat != null) {
      seat.held.remove(lease);
      seat.room = seat.held.isEmpty() ? 0 : seat.room;
      settle(seat);
    }
  }

  /** Whether the worker holds a lease, or was promised one. */
  boolean holds(String worker) {
    Seat seat = seats.get(worker);
    return seat != null && (seat.offeredUntil != null || !seat.held.isEmpty());
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
    expired.forEach(this::release);
    if (offers > 0) {
      seats.values().stream()
          .filter(seat -> seat.offeredUntil != null && !seat.offeredUntil.isAfter(now))
          .forEach(seat -> answered(seat.info.id()));
    }
    return expired;
  }

  /** Whether no lease is held and none is promised. */
  boolean idle() {
    return deadlines.isEmpty() && offers == 0;
  }
}
