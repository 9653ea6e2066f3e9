package dev.floe.cli.node;

import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.http.SweepDirectory;
import dev.floe.coordinator.view.SweepFeed;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether the coordinator of the whole cluster runs in this process. Safe to use from any thread.
 */
final class Leadership implements SweepDirectory {

  /** A coordinator that leads from here, and the sweeps it has opened. */
  private record Term(CoordinatorClient coordinator, Map<String, SweepFeed> sweeps) {}

  private final AtomicReference<Term> term = new AtomicReference<>();
  private final Map<String, SweepFeed> opening = Collections.synchronizedMap(new LinkedHashMap<>());

  /** A coordinator begins, and has opened nothing yet. */
  void begins() {
    opening.clear();
  }

  /** It has opened a sweep. */
  void opened(String sweep, SweepFeed feed) {
    opening.put(sweep, feed);
  }

  /** It has opened all that the journal knows, and can be asked. */
  void leads(CoordinatorClient coordinator) {
    term.set(new Term(coordinator, opening));
  }

  /** It is no more. */
  void ends() {
    term.set(null);
  }

  /** Whom to ask; empty while another node leads, or none yet. */
  Optional<CoordinatorClient> coordinator() {
    return Optional.ofNullable(term.get()).map(Term::coordinator);
  }

  @Override
  public Map<String, SweepFeed> sweeps() {
    Term now = term.get();
    if (now == null) {
      return Map.of();
    }
    synchronized (now.sweeps()) {
      return new LinkedHashMap<>(now.sweeps());
    }
  }
}
