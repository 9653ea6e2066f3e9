package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * One sweep, and the only one who knows the truth about it. What it tells others (a lease, an
 * acknowledgement, an update) it tells after the event behind it is in the journal.
 */
public final class Sweep extends EventSourcedBehavior<SweepCommand, SweepEvent, SweepState> {

  private enum Timer implements SweepCommand.Internal {
    RETRY_DUE,
    GRACE_OVER
  }

  private static final int SNAPSHOTS_KEPT = 2;
  private static final int MOST_EVENTS_TO_REPLAY = 20_000;

  private final ActorRef<SweepCommand> inbox;
  private final TimerScheduler<SweepCommand> timers;
  private final String id;
  private final SweepSettings settings;
  private final Clock clock;
  private final Consumer<SweepNotice> dispatcher;
  private final Consumer<SweepUpdate> board;

  private int sinceSnapshot; // events

  // null before the submission
  private SweepJobs jobs;
  private RequestDecisions requests;
  private LeaseDecisions leases;

  /**
   * The entity of the sweep with this id.
   *
   * @param dispatcher hears when there is work
   * @param board hears every change
   */
  public static Behavior<SweepCommand> create(
      String id,
      SweepSettings settings,
      Clock clock,
      Consumer<SweepNotice> dispatcher,
      Consumer<SweepUpdate> board) {
    return SweepInbox.create(
        inbox ->
            Behaviors.withTimers(
                timers -> new Sweep(inbox, timers, id, settings, clock, dispatcher, board)));
  }

  /** The id under which the journal keeps a sweep's events. */
  public static PersistenceId persistenceId(String sweep) {
    return PersistenceId.of("sweep", sweep);
  }

  private Sweep(
      ActorRef<SweepCommand> inbox,
      TimerScheduler<SweepCommand> timers,
      String id,
      SweepSettings settings,
      Clock clock,
      Consumer<SweepNotice> dispatcher,
      Consumer<SweepUpdate> board) {
    super(
        persistenceId(id),
        SupervisorStrategy.restartWithBackoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.2));
    this.inbox = inbox;
    this.timers = timers;
    this.id = id;
    this.settings = settings;
    this.clock = clock;
    this.dispatcher = dispatcher;
    this.board = board;
  }

  @Override
  public SweepState emptyState() {
    return SweepState.EMPTY;
  }

  @Override
  public EventHandler<SweepState, SweepEvent> eventHandler() {
    return SweepState::apply;
  }

  /** Besides, after so many events that reading them again would take long. */
  @Override
  public boolean shouldSnapshot(SweepState state, SweepEvent event, long sequenceNumber) {
    sinceSnapshot += event instanceof SweepEvent.Together many ? many.events().size() : 1;
    boolean many = sinceSnapshot >= MOST_EVENTS_TO_REPLAY;
    sinceSnapshot = many ? 0 : sinceSnapshot;
    return many;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    // The events stay: the journal is the truth, a snapshot only shortens the way through it.
    return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), SNAPSHOTS_KEPT);
  }

  @Override
  public SnapshotAdapter<SweepState> snapshotAdapter() {
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(SweepState state) {
        return SweepSnapshot.of(state);
      }

      @Override
      public SweepState fromJournal(Object stored) {
        return ((SweepSnapshot) stored).state();
      }
    };
  }

  @Override
  public SignalHandler<SweepState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .build();
  }

  private void onRecovered(SweepState state) {
    if (!state.isEmpty()) {
      open(
          SweepSpec.fromJson(state.submitted().spec()),
          Path.of(state.submitted().outputDirectory()),
          state.running().keySet());
      board.accept(new SweepUpdate.Snapshot(SweepViews.sweep(state, jobs.expansion())));
    }
    dispatcher.accept(new SweepNotice.Opened(id, inbox, board));
    inbox.tell(SweepInbox.Ready.INSTANCE);
  }

  @Override
  public CommandHandler<SweepCommand, SweepEvent, SweepState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(SweepInbox.Batch.class, this::onBatch)
        .onCommand(Timer.class, (state, timer) -> persist(state, List.of(timer), () -> {}))
        .build();
  }

  private Effect<SweepEvent, SweepState> onBatch(SweepState state, SweepInbox.Batch batch) {
    return persist(state, batch.commands(), () -> inbox.tell(SweepInbox.Ready.INSTANCE));
  }

  /**
   * Decides on each command in the light of those before it, persists all that follows as one, then
   * tells what changed and does what each wanted, in order.
   */
  private Effect<SweepEvent, SweepState> persist(
      SweepState before, List<SweepCommand> commands, Runnable done) {
    List<SweepEvent> events = new ArrayList<>();
    List<Runnable> afterwards = new ArrayList<>();
    SweepState state = before;
    boolean closing = false;
    for (SweepCommand command : commands) {
      if (command == SweepCommand.Close.INSTANCE) {
        closing = true;
        break;
      }
      Step step = decide(state, command);
      List<SweepState> after = new ArrayList<>();
      for (SweepEvent event : step.events()) {
        state = state.apply(event);
        after.add(state);
      }
      events.addAll(step.events());
      SweepState last = state;
      afterwards.add(() -> tell(step, after, last));
    }
    afterwards.add(done);
    EffectBuilder<SweepEvent, SweepState> effect =
        events.isEmpty() ? Effect().none() : Effect().persist(SweepEvent.together(events));
    effect = effect.thenRun(() -> afterwards.forEach(Runnable::run));
    return closing ? effect.thenStop() : effect;
  }

  /** What the sweep consists of is known. */
  private void open(SweepSpec spec, Path outputDirectory, Set<Integer> running) {
    jobs = SweepJobs.of(id, spec, outputDirectory, settings);
    requests = new RequestDecisions(jobs, clock, dispatcher);
    leases = new LeaseDecisions(jobs, running, clock, dispatcher);
  }

  private Step decide(SweepState state, SweepCommand command) {
    if (state.isEmpty()) {
      return decideBeforeSubmission(command);
    }
    if (command instanceof SweepCommand.Offer offer) {
      return leases.onOffer(state, offer);
    } else if (command instanceof SweepCommand.AttemptEnded ended) {
      return leases.onAttemptEnded(state, ended);
    } else if (command instanceof SweepCommand.LeaseLost lost) {
      return leases.onLeaseLost(state, lost);
    } else if (command instanceof SweepCommand.HandBack back) {
      return leases.onHandBack(state, back);
    } else if (command instanceof SweepCommand.LeasesHeld held) {
      return onLeasesHeld(state, held);
    } else if (command instanceof SweepCommand.ConfirmLease held) {
      return leases.onConfirmLease(state, held);
    } else if (command instanceof SweepCommand.Submit submit) {
      return requests.onSubmitAgain(state, submit);
    } else if (command instanceof SweepCommand.Describe describe) {
      return requests.onDescribe(state, describe);
    } else if (command instanceof SweepCommand.Pause pause) {
      return requests.onPause(state, pause);
    } else if (command instanceof SweepCommand.Resume resume) {
      return requests.onResume(state, resume);
    } else if (command instanceof SweepCommand.Cancel cancel) {
      return requests.onCancel(state, cancel);
    } else if (command instanceof SweepCommand.RetryFailed retry) {
      return requests.onRetryFailed(state, retry);
    }
    return onTimer(state, (Timer) command);
  }

  private Step decideBeforeSubmission(SweepCommand command) {
    if (command instanceof SweepCommand.Submit submit) {
      open(submit.spec(), submit.outputDirectory(), Set.of());
      return requests.onFirstSubmit(submit);
    }
    return RequestDecisions.unknown(id, command);
  }

  private Step onLeasesHeld(SweepState state, SweepCommand.LeasesHeld held) {
    boolean allConfirmed = leases.confirm(state, held.leases());
    if (allConfirmed || settings.recoveryGrace().isZero()) {
      return onGraceOver(state);
    }
    timers.startSingleTimer(Timer.GRACE_OVER, settings.recoveryGrace());
    return Step.reply(this::announceWork);
  }

  private Step onGraceOver(SweepState state) {
    List<SweepEvent> events = leases.orphaned(state);
    return Step.of(
        events,
        after -> {
          if (!SweepRules.makeWork(events)) {
            announceWork(after);
          }
        });
  }

  private Step onTimer(SweepState state, Timer timer) {
    return timer == Timer.GRACE_OVER ? onGraceOver(state) : Step.reply(this::announceWork);
  }

  /** Tells what a step that is in the journal changed, then does what its command wanted. */
  private void tell(Step step, List<SweepState> after, SweepState last) {
    List<SweepEvent> events = step.events();
    for (int i = 0; i < events.size(); i++) {
      board.accept(SweepViews.update(events.get(i), after.get(i), jobs.expansion()));
    }
    if (SweepRules.makeWork(events)) {
      announceWork(last);
    }
    step.then().accept(last);
    if (!events.isEmpty() && last.phase() == SweepPhase.FINISHED) {
      dispatcher.accept(new SweepNotice.Finished(id));
    }
  }

  /** Says that there is work if there is, and wakes up when a retry comes due. */
  private void announceWork(SweepState state) {
    Instant now = clock.instant();
    if (state.nextDue(now).isPresent()) {
      dispatcher.accept(new SweepNotice.WorkAvailable(id));
    }
    state
        .nextRetry(now)
        .ifPresent(at -> timers.startSingleTimer(Timer.RETRY_DUE, Duration.between(now, at)));
  }
}
