package dev.floe.coordinator.board;

import dev.floe.coordinator.view.PendingUpdates;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Keeps the current view of one sweep and passes updates on. Each subscriber gets one element at a
 * time, the next when it has taken the last; until then its updates wait and merge. Nobody is asked
 * to wait for a subscriber.
 */
public final class SweepBoard extends AbstractBehavior<SweepBoard.Message> {

  /** What a board hears. Never leaves the process. */
  public sealed interface Message {}

  /** Something changed; the first of these is a {@link SweepUpdate.Snapshot}. */
  public record Publish(SweepUpdate update) implements Message {}

  /** Answered with the view, as soon as there is one. */
  record Current(ActorRef<SweepView> replyTo) implements Message {}

  /** A new subscriber; {@code key} is its own. */
  record Subscribe(long key, ActorRef<Delivery> subscriber) implements Message {}

  /** The subscriber has taken what was sent to it. */
  record Taken(long key) implements Message {}

  private record Gone(long key) implements Message {}

  /** Deliver what waits, complete all subscribers, then stop. */
  public enum Close implements Message {
    INSTANCE
  }

  /** What a subscriber gets. */
  sealed interface Delivery {}

  /** One element. */
  record Element(SweepUpdate update) implements Delivery {}

  /** No more will come. */
  enum End implements Delivery {
    INSTANCE
  }

  private static final class Subscriber {
    private final ActorRef<Delivery> ref;
    private final PendingUpdates pending = new PendingUpdates();
    private boolean ready = true;

    private Subscriber(ActorRef<Delivery> ref) {
      this.ref = ref;
    }
  }

  /** A subscriber that is further behind gets the whole picture instead. */
  private static final int MOST_WAITING = 10_000;

  private final Map<Long, Subscriber> subscribers = new HashMap<>();
  private final List<ActorRef<SweepView>> curious = new ArrayList<>();
  private SweepView view; // null before the first snapshot
  private boolean closing;

  public static Behavior<Message> create() {
    return Behaviors.setup(SweepBoard::new);
  }

  private SweepBoard(ActorContext<Message> context) {
    super(context);
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Publish.class, publish -> onPublish(publish.update()))
        .onMessage(Current.class, this::onCurrent)
        .onMessage(Subscribe.class, this::onSubscribe)
        .onMessage(Taken.class, this::onTaken)
        .onMessage(Gone.class, this::onGone)
        .onMessage(Close.class, close -> onClose())
        .build();
  }

  private Behavior<Message> onPublish(SweepUpdate update) {
    if (isLate(update)) {
      return this;
    }
    view = update instanceof SweepUpdate.Snapshot first ? first.view() : view.after(update);
    curious.forEach(replyTo -> replyTo.tell(view));
    curious.clear();
    for (Subscriber subscriber : subscribers.values()) {
      boolean tooFarBehind = subscriber.pending.size() >= MOST_WAITING;
      subscriber.pending.add(tooFarBehind ? new SweepUpdate.Snapshot(view) : update);
      deliver(subscriber);
    }
    return this;
  }

  /** Progress of an attempt that is over, or of a sweep that is not there yet. */
  private boolean isLate(SweepUpdate update) {
    return update instanceof SweepUpdate.JobProgressed progressed
        && (view == null || view.job(progressed.index()).state() != JobState.RUNNING);
  }

  private Behavior<Message> onCurrent(Current current) {
    if (view == null) {
      curious.add(current.replyTo());
    } else {
      current.replyTo().tell(view);
    }
    return this;
  }

  private Behavior<Message> onSubscribe(Subscribe subscribe) {
    Subscriber subscriber = new Subscriber(subscribe.subscriber());
    subscribers.put(subscribe.key(), subscriber);
    getContext().watchWith(subscriber.ref, new Gone(subscribe.key()));
    if (view != null) {
      subscriber.pending.add(new SweepUpdate.Snapshot(view));
    }
    deliver(subscriber);
    return this;
  }

  private Behavior<Message> onTaken(Taken taken) {
    Subscriber subscriber = subscribers.get(taken.key());
    if (subscriber != null) {
      subscriber.ready = true;
      deliver(subscriber);
    }
    return this;
  }

  private Behavior<Message> onGone(Gone gone) {
    subscribers.remove(gone.key());
    return closing && subscribers.isEmpty() ? Behaviors.stopped() : this;
  }

  private Behavior<Message> onClose() {
    closing = true;
    subscribers.values().forEach(this::deliver);
    return subscribers.isEmpty() ? Behaviors.stopped() : this;
  }

  private void deliver(Subscriber subscriber) {
    if (!subscriber.ready) {
      return;
    }
    Optional<SweepUpdate> next = subscriber.pending.poll();
    if (next.isPresent()) {
      subscriber.ready = false;
      subscriber.ref.tell(new Element(next.get()));
    } else if (closing || (view != null && view.phase() == SweepPhase.FINISHED)) {
      subscriber.ready = false;
      subscriber.ref.tell(End.INSTANCE);
    }
  }
}
