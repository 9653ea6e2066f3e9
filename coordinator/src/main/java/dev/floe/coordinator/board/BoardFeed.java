package dev.floe.coordinator.board;

import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.stream.CompletionStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.typed.javadsl.ActorSource;

/** A {@link SweepFeed} that a {@link SweepBoard} feeds. */
public final class BoardFeed implements SweepFeed {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final AtomicLong KEYS = new AtomicLong();

  private final ActorRef<SweepBoard.Message> board;
  private final ActorSystem<?> system;

  public BoardFeed(ActorRef<SweepBoard.Message> board, ActorSystem<?> system) {
    this.board = board;
    this.system = system;
  }

  @Override
  public CompletionStage<SweepView> current() {
    return AskPattern.ask(board, SweepBoard.Current::new, TIMEOUT, system.scheduler());
  }

  @Override
  public Source<SweepUpdate, NotUsed> updates() {
    // Lazy, so that each materialization subscribes under a key of its own.
    return Source.lazySource(this::subscription)
        .mapMaterializedValue(later -> NotUsed.getInstance());
  }

  private Source<SweepUpdate, NotUsed> subscription() {
    long key = KEYS.incrementAndGet();
    return ActorSource.<SweepBoard.Delivery, SweepBoard.Message>actorRefWithBackpressure(
            board, new SweepBoard.Taken(key), BoardFeed::completion, never -> Optional.empty())
        .mapMaterializedValue(
            subscriber -> {
              board.tell(new SweepBoard.Subscribe(key, subscriber));
              return NotUsed.getInstance();
            })
        .collectType(SweepBoard.Element.class)
        .map(SweepBoard.Element::update);
  }

  private static Optional<CompletionStrategy> completion(SweepBoard.Delivery delivery) {
    return delivery instanceof SweepBoard.End
        ? Optional.of(CompletionStrategy.draining())
        : Optional.empty();
  }
}
