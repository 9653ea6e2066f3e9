package dev.floe.coordinator.dispatch;

import dev.floe.coordinator.sweep.SweepCommand;
import dev.floe.coordinator.sweep.SweepNotice;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.WorkerView;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.pattern.StatusReply;

/**
 * Brings free workers and sweeps with work together, and watches over the leases between them. It
 * decides nothing that lasts: a sweep alone knows which attempt counts.
 */
public final class Dispatcher extends AbstractBehavior<Dispatcher.Message> {

  /** What a dispatcher hears. Never leaves the process. */
  public sealed interface Message {}

  /** From a sweep. */
  public record Noticed(SweepNotice notice) implements Message {}

  /**
   * Hand out nothing more and call all leases back; answered when none is out. What is not back
   * within the time is taken back without its worker's word.
   */
  public record Drain(Duration within, ActorRef<Done> replyTo) implements Message {}

  /**
   * Give this worker nothing more, and let it finish or checkpoint what it runs; answered when it
   * holds nothing, which it does at the latest after {@code within}. An error when nobody knows it.
   */
  public record DrainWorker(String worker, Duration within, ActorRef<StatusReply<Done>> replyTo)
      implements Message {}

  /** Who works here; answered at once. */
  public record ListWorkers(ActorRef<List<WorkerView>> replyTo) implements Message {}

  private record WorkerDrainOver(String worker) implements Message {}

  private record Reported(WorkerReport report) implements Message {}

  private record WorkerGone(String worker, ActorRef<WorkerCommand> ref) implements Message {}

  private record NoWord(String worker) implements Message {}

  private enum Tick implements Message {
    EXPIRE,
    DRAIN_OVER
  }

  private record OpenSweep(ActorRef<SweepCommand> entity, Consumer<SweepUpdate> board) {}

  private static final Duration EXPIRY_CHECK = Duration.ofSeconds(1);

  /** A worker that starts anew brings word of its predecessor's end within moments, or never. */
  private static final Duration WORD_WITHIN = Duration.ofSeconds(1);

  private final Clock clock;
  private final TimerScheduler<Message> timers;
  private final Roster roster = new Roster();
  private final SweepQueue queue = new SweepQueue();
  private final Restarts restarts = new Restarts();
  private final Map<String, ActorRef<WorkerCommand>> workers = new HashMap<>();
  private final Map<String, WorkerReport.Ended> endings = new HashMap<>();
  private final Map<String, OpenSweep> sweeps = new HashMap<>();
  private boolean draining;
  private final Map<String, List<ActorRef<StatusReply<Done>>>> workerDrains = new HashMap<>();
  private ActorRef<Done> drained; // null unless a drain waits for its answer

  public static Behavior<Message> create(Clock clock) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Dispatcher(context, timers, clock)));
  }

  private Dispatcher(ActorContext<Message> context, TimerScheduler<Message> timers, Clock clock) {
    super(context);
    this.clock = clock;
    this.timers = timers;
    timers.startTimerWithFixedDelay(Tick.EXPIRE, EXPIRY_CHECK);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.register(
                WorkerReport.COORDINATOR,
                context.messageAdapter(WorkerReport.class, Reported::new)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Noticed.class, noticed -> onNotice(noticed.notice()))
        .onMessage(Reported.class, reported -> onReport(reported.report()))
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessage(NoWord.class, this::onNoWord)
        .onMessageEquals(Tick.EXPIRE, this::onExpire)
        .onMessage(Drain.class, this::onDrain)
        .onMessageEquals(Tick.DRAIN_OVER, this::onDrainOver)
        .onMessage(ListWorkers.class, this::onListWorkers)
        .onMessage(DrainWorker.class, this::onDrainWorker)
        .onMessage(WorkerDrainOver.class, this::onWorkerDrainOver)
        .build();
  }

  private Behavior<Message> onNotice(SweepNotice notice) {
    if (notice instanceof SweepNotice.Opened opened) {
      onOpened(opened);
    } else if (notice instanceof SweepNotice.WorkAvailable available) {
      queue.add(available.sweep());
    } else if (notice instanceof SweepNotice.NothingDue nothing) {
      queue.remove(nothing.sweep());
      roster.answered(nothing.worker());
    } else if (notice instanceof SweepNotice.NothingAlike nothing) {
      roster.noneAlike(nothing.worker());
    } else if (notice instanceof SweepNotice.Granted granted) {
      onGranted(granted);
    } else if (notice instanceof SweepNotice.Stale stale) {
      roster.release(stale.lease());
      cancel(stale.lease(), false);
    } else if (notice instanceof SweepNotice.Resting resting) {
      queue.remove(resting.sweep());
      resting.running().forEach(lease -> cancel(lease, true));
    } else if (notice instanceof SweepNotice.Finished finished) {
      queue.remove(finished.sweep());
    }
    return settle();
  }

  private void onOpened(SweepNotice.Opened opened) {
    sweeps.put(opened.sweep(), new OpenSweep(opened.entity(), opened.board()));
    Set<Lease> held =
        roster.leases().stream()
            .filter(lease -> lease.sweep().equals(opened.sweep()))
            .collect(Collectors.toSet());
    opened.entity().tell(new SweepCommand.LeasesHeld(held));
  }

  private void onGranted(SweepNotice.Granted granted) {
    Lease lease = granted.lease();
    roster.answered(lease.worker());
    if (draining || !roster.takesLeases(lease.worker())) {
      sweeps.get(granted.sweep()).entity().tell(new SweepCommand.HandBack(lease));
      return;
    }
    roster.hold(lease, clock.instant());
    workers.get(lease.worker()).tell(new WorkerCommand.RunLease(lease, granted.job()));
  }

  private Behavior<Message> onReport(WorkerReport report) {
    if (report instanceof WorkerReport.Register register) {
      onRegister(register);
    } else if (report instanceof WorkerReport.Leaving leaving) {
      roster.leaving(leaving.worker());
    } else if (report instanceof WorkerReport.Room room) {
      roster.room(room.worker(), room.key(), room.jobs());
    } else if (report instanceof WorkerReport.Ended ended) {
      getContext().getLog().warn("worker {} ended with {}", ended.worker(), ended.exitCode());
      endings.put(ended.worker(), ended);
      restarts.ended(ended).ifPresent(this::onExplained);
    } else if (report instanceof WorkerReport.Accepted accepted) {
      roster.renew(accepted.lease(), clock.instant());
    } else if (report instanceof WorkerReport.Heartbeat heartbeat) {
      onHeartbeat(heartbeat);
    } else if (report instanceof WorkerReport.Final ended) {
      onAttemptEnded(ended);
    }
    return settle();
  }

  private void onRegister(WorkerReport.Register register) {
    WorkerInfo info = register.info();
    getContext().getLog().info("worker {} on {} ({})", info.id(), info.name(), info.kind());
    ActorRef<WorkerCommand> ref = register.worker();
    ActorRef<WorkerCommand> before = workers.get(info.id());
    if (!ref.equals(before)) {
      onStartedAnew(info.id());
      workers.put(info.id(), ref);
      getContext().watchWith(ref, new WorkerGone(info.id(), ref));
    }
    roster.join(info);
    ref.tell(new WorkerCommand.Registered(info.id()));
    for (Lease lease : register.held()) {
      roster.hold(lease, clock.instant());
      sweep(lease).ifPresent(open -> open.entity().tell(new SweepCommand.ConfirmLease(lease)));
    }
    if (draining) {
      ref.tell(new WorkerCommand.Drain());
    }
  }

  /** A worker that was known may come back as another process: what that held is lost. */
  private void onStartedAnew(String worker) {
    Optional<Restarts.Loss> loss = restarts.registered(worker, roster.remove(worker));
    loss.ifPresent(this::onExplained);
    if (loss.isEmpty()) {
      timers.startSingleTimer(new NoWord(worker), new NoWord(worker), WORD_WITHIN);
    }
  }

  /** Only a process that crashed tells against the jobs that it ran. */
  private void onExplained(Restarts.Loss loss) {
    WorkerReport.Ended ended = loss.ended();
    timers.cancel(new NoWord(ended.worker()));
    String why =
        "the process of worker %s ended with exit code %d"
            .formatted(ended.worker(), ended.exitCode());
    loss.leases().forEach(lease -> lost(lease, why, ended.crashed()));
  }

  private Behavior<Message> onNoWord(NoWord none) {
    for (Lease lease : restarts.unexplained(none.worker())) {
      lost(lease, "worker " + none.worker() + " was started anew", false);
    }
    return settle();
  }

  private void onHeartbeat(WorkerReport.Heartbeat heartbeat) {
    Lease lease = heartbeat.lease();
    if (roster.renew(lease, clock.instant())) {
      sweep(lease)
          .ifPresent(
              open ->
                  open.board()
                      .accept(
                          new SweepUpdate.JobProgressed(
                              lease.job(), heartbeat.progress(), heartbeat.losses())));
    } else {
      cancel(lease, false); // it ran out, and the job is someone else's by now
    }
  }

  private void onAttemptEnded(WorkerReport.Final ended) {
    roster.release(ended.lease());
    // A sweep that is not open cannot say whether the report counts: the worker sends it again.
    sweep(ended.lease())
        .ifPresent(open -> open.entity().tell(new SweepCommand.AttemptEnded(ended)));
  }

  private Behavior<Message> onWorkerGone(WorkerGone gone) {
    // A worker that came back under its id has another reference by now.
    if (workers.remove(gone.worker(), gone.ref())) {
      for (Lease lease : roster.remove(gone.worker())) {
        lost(lease, "worker " + gone.worker() + " cannot be reached any more", false);
      }
    }
    return settle();
  }

  private Behavior<Message> onExpire() {
    for (Lease lease : roster.expire(clock.instant())) {
      cancel(lease, false);
      lost(lease, "worker " + lease.worker() + " was silent for " + lease.term(), false);
    }
    return settle();
  }

  private void lost(Lease lease, String why, boolean tookWorkerDown) {
    getContext().getLog().warn("{} is lost: {}", lease, why);
    sweep(lease)
        .ifPresent(
            open -> open.entity().tell(new SweepCommand.LeaseLost(lease, why, tookWorkerDown)));
  }

  private Behavior<Message> onDrain(Drain drain) {
    draining = true;
    drained = drain.replyTo();
    workers.values().forEach(worker -> worker.tell(new WorkerCommand.Drain()));
    timers.startSingleTimer(Tick.DRAIN_OVER, drain.within());
    return settle();
  }

  private Behavior<Message> onListWorkers(ListWorkers list) {
    list.replyTo().tell(roster.workers(endings));
    return this;
  }

  private Behavior<Message> onDrainWorker(DrainWorker drain) {
    ActorRef<WorkerCommand> worker = workers.get(drain.worker());
    if (worker == null) {
      drain.replyTo().tell(StatusReply.error("no worker " + drain.worker() + " is known"));
      return this;
    }
    roster.leaving(drain.worker());
    workerDrains.computeIfAbsent(drain.worker(), id -> new ArrayList<>()).add(drain.replyTo());
    worker.tell(new WorkerCommand.Drain());
    WorkerDrainOver over = new WorkerDrainOver(drain.worker());
    timers.startSingleTimer(over, over, drain.within());
    return settle();
  }

  private Behavior<Message> onWorkerDrainOver(WorkerDrainOver over) {
    roster.leases().stream()
        .filter(lease -> lease.worker().equals(over.worker()))
        .forEach(this::takeBack);
    return settle();
  }

  private void answerWorkerDrains() {
    workerDrains
        .entrySet()
        .removeIf(
            drain -> {
              boolean over = !roster.holds(drain.getKey());
              if (over) {
                timers.cancel(new WorkerDrainOver(drain.getKey()));
                drain.getValue().forEach(replyTo -> replyTo.tell(StatusReply.ack()));
              }
              return over;
            });
  }

  private void takeBack(Lease lease) {
    getContext().getLog().warn("{} did not come back in time", lease);
    roster.release(lease);
    sweep(lease).ifPresent(open -> open.entity().tell(new SweepCommand.HandBack(lease)));
  }

  private Behavior<Message> onDrainOver() {
    roster.leases().forEach(this::takeBack);
    answerDrain();
    return this;
  }

  private void answerDrain() {
    if (drained != null) {
      timers.cancel(Tick.DRAIN_OVER);
      drained.tell(Done.getInstance());
      drained = null;
    }
  }

  /**
   * Offers what can be offered, to workers that have nothing first, or ends the drain when all is
   * back.
   */
  private Behavior<Message> settle() {
    answerWorkerDrains();
    if (draining) {
      if (roster.idle()) {
        answerDrain();
      }
      return this;
    }
    offerToFree();
    offerToRoomy();
    return this;
  }

  private void offerToFree() {
    Optional<WorkerInfo> worker = roster.nextFree();
    while (worker.isPresent()) {
      Optional<String> sweep = queue.next();
      if (sweep.isEmpty()) {
        return;
      }
      offer(sweep.get(), new SweepCommand.Offer(worker.get().id()));
      worker = roster.nextFree();
    }
  }

  /** What runs along with a worker's jobs comes from their sweep. */
  private void offerToRoomy() {
    Optional<Roster.Room> room = roster.nextRoom();
    while (room.isPresent()) {
      String worker = room.get().worker();
      if (sweeps.containsKey(room.get().sweep())) {
        offer(room.get().sweep(), new SweepCommand.Offer(worker, Optional.of(room.get().key())));
      } else {
        roster.noneAlike(worker);
      }
      room = roster.nextRoom();
    }
  }

  private void offer(String sweep, SweepCommand.Offer offer) {
    roster.offered(offer.worker(), clock.instant());
    sweeps.get(sweep).entity().tell(offer);
  }

  private void cancel(Lease lease, boolean checkpoint) {
    ActorRef<WorkerCommand> worker = workers.get(lease.worker());
    if (worker != null) {
      worker.tell(new WorkerCommand.CancelLease(lease, checkpoint));
    }
  }

  private Optional<OpenSweep> sweep(Lease lease) {
    return Optional.ofNullable(sweeps.get(lease.sweep()));
  }
}
