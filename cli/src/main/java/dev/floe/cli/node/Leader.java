package dev.floe.cli.node;

import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.coordinator.Submission;
import dev.floe.coordinator.SweepJournal;
import dev.floe.coordinator.store.LeaderLock;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The cluster's singleton: takes the journal's lock where there is one, starts a coordinator, opens
 * every sweep that the journal knows. It fails, to be started again, when the coordinator stops or
 * the lock is lost; the workers go on meanwhile.
 */
final class Leader extends AbstractBehavior<Leader.Message> {

  /** What a leader tells itself. */
  sealed interface Message {}

  private enum Tick implements Message {
    TRY,
    CHECK,
    OPEN
  }

  private record Tried(LeaderLock lock, Throwable failure) implements Message {}

  private record Checked(boolean held) implements Message {}

  private record Listed(List<String> sweeps, Throwable failure) implements Message {}

  private record Opened(String sweep, Throwable failure) implements Message {}

  private enum CoordinatorStopped implements Message {
    INSTANCE
  }

  private static final Duration TRY_EVERY = Duration.ofSeconds(1);
  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);

  private final CoordinatorSettings settings;
  private final String database; // null when the journal is H2, whose files lock themselves
  private final Leadership leadership;
  private final TimerScheduler<Message> timers;
  private final Executor blocking;
  private LeaderLock lock;
  private CoordinatorClient coordinator;
  private int toOpen;

  /**
   * A leader for this node.
   *
   * @param database the PostgreSQL URL of the journal; null when it is in H2
   */
  static Behavior<Message> create(
      CoordinatorSettings settings, String database, Leadership leadership) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Leader(context, timers, settings, database, leadership)));
  }

  private Leader(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      CoordinatorSettings settings,
      String database,
      Leadership leadership) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.database = database;
    this.leadership = leadership;
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    if (database == null) {
      lead();
    } else {
      context.getSelf().tell(Tick.TRY);
    }
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Tick.TRY, this::onTry)
        .onMessage(Tried.class, this::onTried)
        .onMessageEquals(Tick.CHECK, this::onCheck)
        .onMessage(Checked.class, this::onChecked)
        .onMessageEquals(Tick.OPEN, this::onOpen)
        .onMessage(Listed.class, this::onListed)
        .onMessage(Opened.class, this::onOpened)
        .onMessageEquals(
            CoordinatorStopped.INSTANCE,
            () -> {
              throw new IllegalStateException("the coordinator stopped by itself");
            })
        .onSignal(PostStop.class, stopped -> onEnd())
        .onSignal(PreRestart.class, restarting -> onEnd())
        .build();
  }

  private Behavior<Message> onTry() {
    getContext().pipeToSelf(later(this::tryTake), Tried::new);
    return this;
  }

  private LeaderLock tryTake() {
    try {
      return LeaderLock.tryTake(database);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Behavior<Message> onTried(Tried tried) {
    if (tried.lock() == null) {
      String why = tried.failure() == null ? "another has it" : tried.failure().getMessage();
      getContext().getLog().info("no lock on the journal yet: {}", why);
      timers.startSingleTimer(Tick.TRY, TRY_EVERY);
      return this;
    }
    lock = tried.lock();
    timers.startTimerWithFixedDelay(Tick.CHECK, CHECK_EVERY);
    lead();
    return this;
  }

  private Behavior<Message> onCheck() {
    LeaderLock held = lock;
    getContext().pipeToSelf(later(held::isHeld), (yes, e) -> new Checked(e == null && yes));
    return this;
  }

  private Behavior<Message> onChecked(Checked checked) {
    if (!checked.held()) {
      throw new IllegalStateException("the lock on the journal is lost");
    }
    return this;
  }

  private void lead() {
    leadership.begins();
    ActorRef<Coordinator.Command> actor =
        getContext()
            .spawn(
                Coordinator.create(settings, Clock.systemUTC(), leadership::opened), "coordinator");
    getContext().watchWith(actor, CoordinatorStopped.INSTANCE);
    coordinator = new CoordinatorClient(actor, getContext().getSystem());
    getContext().getSelf().tell(Tick.OPEN);
  }

  private Behavior<Message> onOpen() {
    getContext().pipeToSelf(SweepJournal.sweeps(getContext().getSystem()), Listed::new);
    return this;
  }

  private Behavior<Message> onListed(Listed listed) {
    if (listed.failure() != null) {
      throw new IllegalStateException("the journal cannot be read", listed.failure());
    }
    toOpen = listed.sweeps().size();
    for (String sweep : listed.sweeps()) {
      getContext()
          .pipeToSelf(
              coordinator.open(sweep), (Submission open, Throwable e) -> new Opened(sweep, e));
    }
    return leadsWhenAllAreOpen();
  }

  private Behavior<Message> onOpened(Opened opened) {
    if (opened.failure() != null) {
      getContext().getLog().error("{} could not be opened", opened.sweep(), opened.failure());
    }
    toOpen--;
    return leadsWhenAllAreOpen();
  }

  private Behavior<Message> leadsWhenAllAreOpen() {
    if (toOpen == 0) {
      getContext().getLog().info("this node leads");
      leadership.leads(coordinator);
    }
    return this;
  }

  private Behavior<Message> onEnd() {
    leadership.ends();
    if (lock != null) {
      LeaderLock held = lock;
      blocking.execute(() -> giveBack(held));
    }
    return this;
  }

  private static void giveBack(LeaderLock lock) {
    try {
      lock.close();
    } catch (SQLException e) {
      // the session is gone, and the lock with it
    }
  }

  private <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, blocking);
  }
}
