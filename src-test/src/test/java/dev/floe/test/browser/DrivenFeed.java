package dev.floe.test.browser;

import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Source;

/** A feed that the test itself drives. */
final class DrivenFeed implements SweepFeed {
  private static final int BUFFER = 4096;

  private final ActorSystem<?> system;
  private final List<BoundedSourceQueue<SweepUpdate>> subscribers = new CopyOnWriteArrayList<>();
  private SweepView view;

  DrivenFeed(ActorSystem<?> system, SweepView view) {
    this.system = system;
    this.view = view;
  }

  /** Makes something happen. */
  synchronized void tell(SweepUpdate update) {
    view = view.after(update);
    subscribers.forEach(queue -> queue.offer(update));
  }

  /** Ends every subscription, as a restarted coordinator would. */
  synchronized void cut() {
    subscribers.forEach(BoundedSourceQueue::complete);
    subscribers.clear();
  }

  synchronized SweepView view() {
    return view;
  }

  @Override
  public CompletionStage<SweepView> current() {
    return CompletableFuture.completedFuture(view());
  }

  @Override
  public Source<SweepUpdate, NotUsed> updates() {
    return Source.lazySource(this::subscribe)
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  private synchronized Source<SweepUpdate, NotUsed> subscribe() {
    Pair<BoundedSourceQueue<SweepUpdate>, Source<SweepUpdate, NotUsed>> queue =
        Source.<SweepUpdate>queue(BUFFER).preMaterialize(system);
    queue.first().offer(new SweepUpdate.Snapshot(view));
    subscribers.add(queue.first());
    return queue.second();
  }
}
