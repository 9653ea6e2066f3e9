package dev.floe.coordinator.sweep;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.japi.function.Function;

/**
 * Stands before a {@link Sweep} and hands it what arrived as one {@link Batch}, the next when it
 * has persisted the last: the slower the journal, the larger the batches. So the entity's own
 * stash, which drops what is beyond its limit, never holds more than one of them; what waits, waits
 * here, once however often it is repeated: a report and a request for each worker.
 *
 * <p>A batch that the journal did not take is gone with the entity's restart, none of it
 * acknowledged: workers send their reports again, the dispatcher asks for the leases that are held.
 */
final class SweepInbox extends AbstractBehavior<SweepCommand> {

  /** What the entity is given: commands, in the order in which they came. */
  record Batch(List<SweepCommand> commands) implements SweepCommand.Internal {}

  /** The entity has recovered, or is done with its batch. */
  enum Ready implements SweepCommand.Internal {
    INSTANCE
  }

  /** The entity is gone. */
  private enum Stopped implements SweepCommand.Internal {
    INSTANCE
  }

  /** Keeps a transaction, and so the wait for it, short. */
  private static final int LARGEST_BATCH = 1_000;

  private final ActorRef<SweepCommand> entity;
  private final Set<SweepCommand> waiting = new LinkedHashSet<>(); // what is repeated waits once
  private boolean ready;

  /**
   * The inbox of a new entity.
   *
   * @param entity given the inbox, which all commands go through
   */
  static Behavior<SweepCommand> create(
      Function<ActorRef<SweepCommand>, Behavior<SweepCommand>> entity) {
    return Behaviors.setup(
        context ->
            new SweepInbox(context, context.spawn(entity.apply(context.getSelf()), "entity")));
  }

  private SweepInbox(ActorContext<SweepCommand> context, ActorRef<SweepCommand> entity) {
    super(context);
    this.entity = entity;
    context.watchWith(entity, Stopped.INSTANCE);
  }

  @Override
  public Receive<SweepCommand> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Ready.INSTANCE, this::onReady)
        .onMessageEquals(Stopped.INSTANCE, Behaviors::stopped)
        .onAnyMessage(this::onCommand)
        .build();
  }

  private Behavior<SweepCommand> onReady() {
    ready = true;
    return handOver();
  }

  private Behavior<SweepCommand> onCommand(SweepCommand command) {
    waiting.add(command);
    return handOver();
  }

  private Behavior<SweepCommand> handOver() {
    if (ready && !waiting.isEmpty()) {
      List<SweepCommand> batch = waiting.stream().limit(LARGEST_BATCH).toList();
      batch.forEach(waiting::remove);
      entity.tell(new Batch(batch));
      ready = false;
    }
    return this;
  }
}
