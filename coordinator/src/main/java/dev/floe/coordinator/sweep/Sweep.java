package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.pattern.StatusReply;
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

  private final ActorRef<SweepCommand> inbox;
  private final TimerScheduler<SweepCommand> timers;
  private final String id;
  private final SweepSettings settings;
  private final Clock clock;
  private final Consumer<SweepNotice> dispatcher;
  private final Consumer<SweepUpdate> board;

  /** Leases from before the restart whose workers were not heard of yet. */
  private final Set<Integer> unconfirmed = new HashSet<>();

  private Expansion expansion; // null before the submission
  private SweepRules rules; // null before the submission

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
    unconfirmed.clear();
    if (!state.isEmpty()) {
      expand(
          SweepSpec.fromJson(state.submitted().spec()),
          Path.of(state.submitted().outputDirectory()));
      unconfirmed.addAll(state.running().keySet());
      board.accept(new SweepUpdate.Snapshot(SweepViews.sweep(state, expansion)));
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

  private Step decide(SweepState state, SweepCommand command) {
    if (state.isEmpty()) {
      return decideBeforeSubmission(command);
    }
    if (command instanceof SweepCommand.Offer offer) {
      return onOffer(state, offer);
    } else if (command instanceof SweepCommand.AttemptEnded ended) {
      return onAttemptEnded(state, ended);
    } else if (command instanceof SweepCommand.LeaseLost lost) {
      return onLeaseLost(state, lost);
    } else if (command instanceof SweepCommand.HandBack back) {
      return onHandBack(state, back);
    } else if (command instanceof SweepCommand.LeasesHeld held) {
      return onLeasesHeld(state, held);
    } else if (command instanceof SweepCommand.ConfirmLease held) {
      return onConfirmLease(state, held);
    } else if (command instanceof SweepCommand.Submit submit) {
      return onSubmitAgain(state, submit);
    } else if (command instanceof SweepCommand.Describe describe) {
      return onDescribe(state, describe);
    } else if (command instanceof SweepCommand.Pause pause) {
      return onPause(state, pause);
    } else if (command instanceof SweepCommand.Resume resume) {
      return onResume(state, resume);
    } else if (command instanceof SweepCommand.Cancel cancel) {
      return onCancel(state, cancel);
    } else if (command instanceof SweepCommand.RetryFailed retry) {
      return onRetryFailed(state, retry);
    }
    return onTimer(state, (Timer) command);
  }

  private Step decideBeforeSubmission(SweepCommand command) {
    if (command instanceof SweepCommand.Submit submit) {
      return onFirstSubmit(submit);
    } else if (command instanceof SweepCommand.Describe describe) {
      return unknown(describe.replyTo());
    } else if (command instanceof SweepCommand.Pause pause) {
      return unknown(pause.replyTo());
    } else if (command instanceof SweepCommand.Resume resume) {
      return unknown(resume.replyTo());
    } else if (command instanceof SweepCommand.Cancel cancel) {
      return unknown(cancel.replyTo());
    } else if (command instanceof SweepCommand.RetryFailed retry) {
      return unknown(retry.replyTo());
    }
    return Step.none();
  }

  private Step onFirstSubmit(SweepCommand.Submit submit) {
    expand(submit.spec(), submit.outputDirectory());
    SweepEvent first =
        new SweepEvent.SweepSubmitted(
            id,
            submit.spec().toJson(),
            submit.outputDirectory().toString(),
            expansion.size(),
            clock.instant());
    return Step.of(
        List.of(first),
        state ->
            submit
                .replyTo()
                .tell(StatusReply.success(new SweepCommand.Submitted(false, expansion.size(), 0))));
  }

  private void expand(SweepSpec spec, Path outputDirectory) {
    expansion = Expansion.of(spec, outputDirectory);
    rules =
        new SweepRules(
            spec.failures() == null ? settings.retry() : new RetryPolicy(spec.failures()));
  }

  private Step onSubmitAgain(SweepState state, SweepCommand.Submit submit) {
    String known = state.submitted().outputDirectory();
    StatusReply<SweepCommand.Submitted> answer =
        known.equals(submit.outputDirectory().toString())
            ? StatusReply.success(describe(state))
            : StatusReply.error(
                String.format(
                    "sweep %s writes to %s, not to %s: give the directory that it started with",
                    id, known, submit.outputDirectory()));
    return Step.reply(after -> submit.replyTo().tell(answer));
  }

  private <T> Step unknown(ActorRef<StatusReply<T>> replyTo) {
    return Step.reply(after -> replyTo.tell(StatusReply.error("no sweep " + id + " is known")));
  }

  private Step onDescribe(SweepState state, SweepCommand.Describe describe) {
    return Step.reply(after -> describe.replyTo().tell(StatusReply.success(describe(state))));
  }

  private SweepCommand.Submitted describe(SweepState state) {
    boolean scored = state.jobs().get(JobSpec.BASELINE).state().ended();
    return new SweepCommand.Submitted(
        true, expansion.size(), state.jobs().ended() - (scored ? 1 : 0));
  }

  private Step onOffer(SweepState state, SweepCommand.Offer offer) {
    Predicate<Integer> fits =
        job -> offer.key().isEmpty() || BundleKey.of(spec(job)).equals(offer.key());
    List<SweepEvent> events = rules.offered(state, offer.worker(), fits, clock.instant());
    if (events.isEmpty()) {
      SweepNotice nothing =
          offer.key().isEmpty()
              ? new SweepNotice.NothingDue(id, offer.worker())
              : new SweepNotice.NothingAlike(id, offer.worker());
      return Step.reply(after -> dispatcher.accept(nothing));
    }
    SweepEvent.JobLeased leased = (SweepEvent.JobLeased) events.get(0);
    return Step.of(
        events,
        after ->
            dispatcher.accept(
                new SweepNotice.Granted(
                    id, lease(leased.job(), after.jobs().get(leased.job())), spec(leased.job()))));
  }

  private Step onAttemptEnded(SweepState state, SweepCommand.AttemptEnded ended) {
    WorkerReport.Final report = ended.report();
    Lease lease = report.lease();
    return Step.of(
        eventsOf(state, report),
        after -> report.worker().tell(new WorkerCommand.ReportReceived(lease)));
  }

  private List<SweepEvent> eventsOf(SweepState state, WorkerReport.Final report) {
    Lease lease = report.lease();
    Instant now = clock.instant();
    if (report instanceof WorkerReport.Finished finished) {
      return rules.completed(state, lease.job(), lease.attempt(), finished.report(), now);
    }
    if (report instanceof WorkerReport.Failed failed) {
      return rules.failed(state, lease.job(), lease.attempt(), failed.failure(), false, now);
    }
    return rules.returned(state, lease.job(), lease.attempt(), now);
  }

  private Step onLeaseLost(SweepState state, SweepCommand.LeaseLost lost) {
    return Step.of(
        rules.failed(
            state,
            lost.lease().job(),
            lost.lease().attempt(),
            new JobFailure(JobFailure.Kind.LOST, lost.why(), ""),
            lost.tookWorkerDown(),
            clock.instant()),
        after -> {});
  }

  private Step onHandBack(SweepState state, SweepCommand.HandBack back) {
    return Step.of(
        rules.returned(state, back.lease().job(), back.lease().attempt(), clock.instant()),
        after -> {});
  }

  private Step onLeasesHeld(SweepState state, SweepCommand.LeasesHeld held) {
    held.leases().stream().filter(lease -> isOut(state, lease)).forEach(this::confirm);
    if (unconfirmed.isEmpty() || settings.recoveryGrace().isZero()) {
      return onGraceOver(state);
    }
    timers.startSingleTimer(Timer.GRACE_OVER, settings.recoveryGrace());
    return Step.reply(this::announceWork);
  }

  private Step onConfirmLease(SweepState state, SweepCommand.ConfirmLease held) {
    if (isOut(state, held.lease())) {
      confirm(held.lease());
      return Step.none();
    }
    return Step.reply(after -> dispatcher.accept(new SweepNotice.Stale(id, held.lease())));
  }

  private void confirm(Lease lease) {
    unconfirmed.remove(lease.job());
  }

  private Step onGraceOver(SweepState state) {
    List<SweepEvent> events = rules.orphaned(state, unconfirmed, clock.instant());
    unconfirmed.clear();
    return Step.of(
        events,
        after -> {
          if (!SweepRules.makeWork(events)) {
            announceWork(after);
          }
        });
  }

  private Step onPause(SweepState state, SweepCommand.Pause pause) {
    if (state.phase() == SweepPhase.FINISHED) {
      return hasEnded(pause.replyTo());
    }
    List<SweepEvent> events =
        state.phase() == SweepPhase.RUNNING
            ? List.of(new SweepEvent.SweepStopped(clock.instant()))
            : List.of();
    return Step.of(
        events,
        after -> {
          dispatcher.accept(new SweepNotice.Resting(id, leases(after)));
          pause.replyTo().tell(StatusReply.ack());
        });
  }

  private Step onResume(SweepState state, SweepCommand.Resume resume) {
    if (state.phase() == SweepPhase.FINISHED) {
      return hasEnded(resume.replyTo());
    }
    List<SweepEvent> events =
        state.phase() == SweepPhase.STOPPED
            ? List.of(new SweepEvent.SweepResumed(clock.instant()))
            : List.of();
    return Step.of(events, after -> resume.replyTo().tell(StatusReply.ack()));
  }

  private Step onCancel(SweepState state, SweepCommand.Cancel cancel) {
    return Step.of(
        rules.cancelled(state, clock.instant()),
        after -> {
          leases(state).forEach(lease -> dispatcher.accept(new SweepNotice.Stale(id, lease)));
          cancel.replyTo().tell(StatusReply.ack());
        });
  }

  private Step onRetryFailed(SweepState state, SweepCommand.RetryFailed retry) {
    List<SweepEvent> events = rules.retried(state, retry.kinds(), clock.instant());
    int jobs = (int) events.stream().filter(SweepEvent.JobRetried.class::isInstance).count();
    return Step.of(events, after -> retry.replyTo().tell(StatusReply.success(jobs)));
  }

  private <T> Step hasEnded(ActorRef<StatusReply<T>> replyTo) {
    return Step.reply(after -> replyTo.tell(StatusReply.error("sweep " + id + " has ended")));
  }

  private List<Lease> leases(SweepState state) {
    return state.running().entrySet().stream()
        .map(job -> lease(job.getKey(), job.getValue()))
        .toList();
  }

  private Step onTimer(SweepState state, Timer timer) {
    return timer == Timer.GRACE_OVER ? onGraceOver(state) : Step.reply(this::announceWork);
  }

  /** Tells what a step that is in the journal changed, then does what its command wanted. */
  private void tell(Step step, List<SweepState> after, SweepState last) {
    List<SweepEvent> events = step.events();
    for (int i = 0; i < events.size(); i++) {
      board.accept(SweepViews.update(events.get(i), after.get(i), expansion));
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

  private static boolean isOut(SweepState state, Lease lease) {
    return state.isOut(lease.job(), lease.attempt());
  }

  private Lease lease(int job, JobRecord record) {
    return new Lease(id, job, record.attempt(), record.worker(), settings.leaseTerm());
  }

  private JobSpec spec(int job) {
    return job == JobSpec.BASELINE ? expansion.baseline() : expansion.job(job);
  }
}
