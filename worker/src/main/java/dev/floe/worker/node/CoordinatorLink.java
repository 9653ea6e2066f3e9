package dev.floe.worker.node;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a worker says to its coordinator, whichever that is at the time. Final reports are kept, and
 * sent again, until they are acknowledged; everything else is lost while no coordinator is known.
 */
final class CoordinatorLink {
  private ActorRef<WorkerReport> coordinator; // null while none is known
  private boolean registered;

  /** Final reports that no coordinator has acknowledged, oldest first. */
  private final Map<Lease, WorkerReport.Final> outbox = new LinkedHashMap<>();

  /**
   * Turns to one of those that there are, unless the present one is among them.
   *
   * @return whether the coordinator is another, which must hear of the worker
   */
  boolean choose(Set<ActorRef<WorkerReport>> known) {
    if (coordinator != null && known.contains(coordinator)) {
      return false;
    }
    registered = false;
    coordinator = known.isEmpty() ? null : known.iterator().next();
    return true;
  }

  /** Whether a coordinator is known. */
  boolean isUp() {
    return coordinator != null;
  }

  /** The coordinator has heard of the worker. */
  void onRegistered() {
    registered = true;
  }

  boolean registered() {
    return registered;
  }

  void send(WorkerReport report) {
    if (coordinator != null) {
      coordinator.tell(report);
    }
  }

  void report(WorkerReport.Final ending) {
    outbox.put(ending.lease(), ending);
    send(ending);
  }

  /** The final report on this lease, if there is one, need not be sent again. */
  void forget(Lease lease) {
    outbox.remove(lease);
  }

  /** Whether the end of this lease is yet to be acknowledged. */
  boolean owes(Lease lease) {
    return outbox.containsKey(lease);
  }

  /** Whether every final report was acknowledged. */
  boolean owesNothing() {
    return outbox.isEmpty();
  }

  /** Sends again what was not acknowledged. */
  void resend() {
    outbox.values().forEach(this::send);
  }

  @Override
  public String toString() {
    return String.valueOf(coordinator);
  }
}
