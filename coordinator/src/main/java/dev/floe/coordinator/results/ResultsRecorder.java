package dev.floe.coordinator.results;

import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Follows a sweep's feed and writes its files whenever a job has ended, on a thread for blocking
 * work. While a write goes on, or the last was a moment ago, endings gather into the next one. The
 * files follow the journal: a write that was missed is made up for at the next start.
 */
public final class ResultsRecorder {
  private static final Duration BETWEEN_WRITES = Duration.ofMillis(250);

  private final ResultsFiles files;
  private final ActorSystem<?> system;

  public ResultsRecorder(ActorSystem<?> system) {
    this(new ResultsFiles(), system);
  }

  ResultsRecorder(ResultsFiles files, ActorSystem<?> system) {
    this.files = files;
    this.system = system;
  }

  /**
   * Writes until the feed ends.
   *
   * @return done when the last write is; fails with the first write that failed
   */
  public CompletionStage<Done> follow(SweepFeed feed) {
    return feed.updates()
        .scan(Standing.NONE, Standing::after)
        .filter(standing -> standing.toWrite)
        .conflate((older, newer) -> newer)
        .throttle(1, BETWEEN_WRITES)
        .mapAsync(1, standing -> write(standing.view))
        .runWith(Sink.ignore(), system);
  }

  private CompletionStage<Done> write(SweepView view) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            files.write(view);
            return Done.getInstance();
          } catch (IOException e) {
            throw new UncheckedIOException(
                "the results of sweep " + view.id() + " could not be written: " + e, e);
          }
        },
        system.dispatchers().lookup(DispatcherSelector.blocking()));
  }

  /** The view so far, and whether the last update is one that the files should show. */
  private record Standing(SweepView view, boolean toWrite) {
    private static final Standing NONE = new Standing(null, false);

    private Standing after(SweepUpdate update) {
      SweepView next =
          Optional.ofNullable(view)
              .map(known -> known.after(update))
              .orElseGet(() -> first(update));
      return new Standing(next, shows(update));
    }

    private static SweepView first(SweepUpdate update) {
      return ((SweepUpdate.Snapshot) update).view();
    }

    private static boolean shows(SweepUpdate update) {
      if (update instanceof SweepUpdate.JobChanged changed) {
        return changed.job().state().ended();
      }
      return update instanceof SweepUpdate.Snapshot || update instanceof SweepUpdate.PhaseChanged;
    }
  }
}
