package dev.floe.coordinator.view;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** Hands out the live picture of one sweep. Safe to use from any thread. */
public interface SweepFeed {

  /** The sweep as it stands; fails when the coordinator does not answer in time. */
  CompletionStage<SweepView> current();

  /**
   * Every change from now on, after a {@link SweepUpdate.Snapshot} of what was before: nothing
   * falls between the two. Completes after the sweep has finished and all was delivered. Each
   * materialization is a subscriber of its own; a slow one gets progress merged per job, and if it
   * is thousands of changes behind a new snapshot, which holds them.
   */
  Source<SweepUpdate, NotUsed> updates();
}
