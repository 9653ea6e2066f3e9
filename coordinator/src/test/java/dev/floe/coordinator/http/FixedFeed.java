package dev.floe.coordinator.http;

import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** A feed that tells every subscriber the same story, then ends. */
record FixedFeed(SweepView view, List<SweepUpdate> then) implements SweepFeed {
  static FixedFeed of(SweepView view, SweepUpdate... then) {
    return new FixedFeed(view, List.of(then));
  }

  @Override
  public CompletionStage<SweepView> current() {
    return CompletableFuture.completedFuture(view);
  }

  @Override
  public Source<SweepUpdate, NotUsed> updates() {
    List<SweepUpdate> story = new ArrayList<>();
    story.add(new SweepUpdate.Snapshot(view));
    story.addAll(then);
    return Source.from(story);
  }
}
