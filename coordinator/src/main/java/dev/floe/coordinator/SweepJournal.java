package dev.floe.coordinator;

import dev.floe.coordinator.sweep.Sweep;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Sink;

/** What the journal knows about, before anything is opened. */
public final class SweepJournal {
  private SweepJournal() {}

  /** The ids of all sweeps that were ever submitted; fails when the journal cannot be read. */
  public static CompletionStage<List<String>> sweeps(ActorSystem<?> system) {
    String prefix = Sweep.persistenceId("").id();
    return PersistenceQuery.get(system)
        .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier())
        .currentPersistenceIds()
        .filter(id -> id.startsWith(prefix))
        .map(id -> id.substring(prefix.length()))
        .runWith(Sink.seq(), system);
  }
}
