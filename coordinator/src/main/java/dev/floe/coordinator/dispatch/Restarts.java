package dev.floe.coordinator.dispatch;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings together a worker that registers anew and its agent's word of how the process before it
 * ended. The two come by ways of their own, in either order; the word may not come at all, when the
 * agent was killed too.
 */
final class Restarts {

  /**
   * What went with a process.
   *
   * @param leases that it held
   * @param ended its agent's word
   */
  record Loss(List<Lease> leases, WorkerReport.Ended ended) {}

  private final Map<String, List<Lease>> leases = new HashMap<>(); // no word yet
  private final Map<String, WorkerReport.Ended> words = new HashMap<>(); // not registered yet

  /** The worker has registered anew, and held these leases before; empty while word is missing. */
  Optional<Loss> registered(String worker, List<Lease> before) {
    WorkerReport.Ended word = words.remove(worker);
    if (word == null) {
      leases.put(worker, before);
      return Optional.empty();
    }
    return Optional.of(new Loss(before, word));
  }

  /** The agent's word has come; empty while the worker has not registered. */
  Optional<Loss> ended(WorkerReport.Ended word) {
    List<Lease> before = leases.remove(word.worker());
    if (before == null) {
      words.put(word.worker(), word);
      return Optional.empty();
    }
    return Optional.of(new Loss(before, word));
  }

  /** No word is waited for any more: the leases that went with the process before. */
  List<Lease> unexplained(String worker) {
    List<Lease> before = leases.remove(worker);
    return before == null ? List.of() : before;
  }
}
