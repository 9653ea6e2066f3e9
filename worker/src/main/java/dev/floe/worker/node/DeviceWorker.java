package dev.floe.worker.node;

import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.worker.node.RunningLeases.Running;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/**
 * Takes leases for one device and runs their jobs on the device's own thread: one at a time, and
 * beside it those that the runner has room for.
 *
 * <p>It promises: the actor answers while a job runs; each lease that it accepted ends in exactly
 * one kind of final report, sent until it is acknowledged; a coordinator that comes back, or
 * another one that takes over, hears of the worker and of what it holds.
 */
public final class DeviceWorker extends AbstractBehavior<DeviceWorker.Message> {

  /** The exit code of a process whose device hangs. */
  public static final int HUNG_EXIT = 75;

  /** What the worker hears. Others speak to it as {@link WorkerCommand}. */
  public sealed interface Message {}

  /** Hand back what runs, take nothing more; what a coordinator's drain says, said locally. */
  public enum Request implements Message {
    DRAIN
  }

  private record Told(WorkerCommand command) implements Message {}

  private record CoordinatorsListed(Receptionist.Listing listing) implements Message {}

  private record RunEnded(Lease lease, RunOutcome outcome) implements Message {}

  private record RoomMade(BundleKey key, int jobs) implements Message {}

  private record FeedLeft(Throwable thrown) implements Message {}

  private enum Tick implements Message {
    HEARTBEAT,
    RESEND
  }

  private final JobRunner runner;
  private final WorkerSettings settings;
  private final TimerScheduler<Message> timers;
  private final DeviceThread thread;
  private final LeaseQueue queue;
  private final StepWatch watch;
  private final Runnable onHung;
  private final ActorRef<WorkerCommand> self;

  private final CoordinatorLink coordinator = new CoordinatorLink();
  private final RunningLeases running = new RunningLeases();

  private WorkerInfo info;
  private boolean draining;
  private boolean hung;

  /** A worker that finds its coordinator by {@link WorkerReport#COORDINATOR}. */
  public static Behavior<Message> create(
      WorkerInfo info, JobRunner runner, WorkerSettings settings) {
    return create(info, runner, settings, () -> {}, System::nanoTime);
  }

  /**
   * A worker of a process that can be replaced.
   *
   * @param onHung called once, when the device hangs and the coordinator knows; the worker then
   *     stops, and the process should exit with {@link #HUNG_EXIT} so that another takes its place
   */
  public static Behavior<Message> create(
      WorkerInfo info, JobRunner runner, WorkerSettings settings, Runnable onHung) {
    return create(info, runner, settings, onHung, System::nanoTime);
  }

  static Behavior<Message> create(
      WorkerInfo info,
      JobRunner runner,
      WorkerSettings settings,
      Runnable onHung,
      LongSupplier nanos) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new DeviceWorker(context, timers, info, runner, settings, onHung, nanos)));
  }

  private DeviceWorker(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      WorkerInfo info,
      JobRunner runner,
      WorkerSettings settings,
      Runnable onHung,
      LongSupplier nanos) {
    super(context);
    this.onHung = onHung;
    this.watch = new StepWatch(settings.stall(), nanos);
    this.runner = runner;
    this.settings = settings;
    this.timers = timers;
    this.info = info;
    this.thread = new DeviceThread(info.id());
    ActorRef<Message> mailbox = context.getSelf();
    this.queue = new LeaseQueue((key, jobs) -> mailbox.tell(new RoomMade(key, jobs)));
    this.self = context.messageAdapter(WorkerCommand.class, Told::new);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                WorkerReport.COORDINATOR,
                context.messageAdapter(Receptionist.Listing.class, CoordinatorsListed::new)));
    timers.startTimerWithFixedDelay(Tick.RESEND, settings.resend());
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(CoordinatorsListed.class, this::onCoordinators)
        .onMessage(Told.class, told -> onCommand(told.command()))
        .onMessage(RunEnded.class, this::onRunEnded)
        .onMessage(RoomMade.class, this::onRoomMade)
        .onMessage(FeedLeft.class, this::onFeedLeft)
        .onMessageEquals(Request.DRAIN, () -> onCommand(new WorkerCommand.Drain()))
        .onMessageEquals(Tick.HEARTBEAT, this::onHeartbeat)
        .onMessageEquals(Tick.RESEND, this::onResend)
        .onSignal(PostStop.class, stopped -> onStopped())
        .build();
  }

  private Behavior<Message> onCoordinators(CoordinatorsListed message) {
    if (!coordinator.choose(message.listing().getServiceInstances(WorkerReport.COORDINATOR))) {
      return this;
    }
    getContext().getLog().info("{}: coordinator is {}", info.id(), coordinator);
    return onResend();
  }

  private Behavior<Message> onCommand(WorkerCommand command) {
    if (command instanceof WorkerCommand.RunLease run) {
      onRunLease(run);
    } else if (command instanceof WorkerCommand.CancelLease cancel) {
      onCancel(cancel);
    } else if (command instanceof WorkerCommand.CheckpointNow checkpoint) {
      running.find(checkpoint.lease()).ifPresent(job -> job.control().requestCheckpoint());
    } else if (command instanceof WorkerCommand.ReportReceived received) {
      coordinator.forget(received.lease());
      if (hung && coordinator.owesNothing()) {
        onHung.run();
        return Behaviors.stopped();
      }
    } else if (command instanceof WorkerCommand.Drain) {
      onDrain();
    } else if (command instanceof WorkerCommand.Registered) {
      coordinator.onRegistered();
    }
    return stay();
  }

  /** Stops a worker that was drained and has nothing more to say, if it is to end then. */
  private Behavior<Message> stay() {
    boolean over = draining && !hung && running.isEmpty() && coordinator.owesNothing();
    return over && settings.endsWhenDrained() ? Behaviors.stopped() : this;
  }

  private void onRunLease(WorkerCommand.RunLease run) {
    Lease lease = run.lease();
    if (running.contains(lease) || coordinator.owes(lease)) {
      return; // told twice
    }
    if (draining || !running.takePlace(run.job())) {
      coordinator.report(new WorkerReport.Returned(lease, self));
      return;
    }
    Running added = new Running(lease, run.job(), new LeaseControl(watch::progressed));
    if (running.isEmpty()) {
      watch.begin();
    }
    running.add(added);
    coordinator.send(new WorkerReport.Accepted(lease));
    timers.startTimerWithFixedDelay(Tick.HEARTBEAT, heartbeatOf(lease));
    queue.add(new Leased(added, getContext().getSelf()));
    // takes the job up, unless what runs now takes it up first
    getContext()
        .pipeToSelf(
            thread.submit(
                () -> {
                  runner.runAll(queue);
                  return Done.getInstance();
                }),
            (done, thrown) -> new FeedLeft(thrown));
  }

  /** The job of a lease, whose end becomes a message. */
  private record Leased(Running running, ActorRef<Message> worker) implements LeasedJob {
    @Override
    public JobSpec job() {
      return running.job();
    }

    @Override
    public RunControl control() {
      return running.control();
    }

    @Override
    public void finished(JobReport report) {
      worker.tell(new RunEnded(running.lease(), new RunOutcome.Reported(report)));
    }

    @Override
    public void threw(Throwable thrown) {
      worker.tell(new RunEnded(running.lease(), RunOutcome.thrown(thrown, control())));
    }
  }

  private Behavior<Message> onRoomMade(RoomMade made) {
    running.roomFor(made.key(), made.jobs());
    if (!draining && !running.isEmpty()) {
      coordinator.send(new WorkerReport.Room(info.id(), made.key(), made.jobs()));
    }
    return this;
  }

  /** A runner that throws has broken its promise: what it had taken has no other end. */
  private Behavior<Message> onFeedLeft(FeedLeft left) {
    if (left.thrown() != null) {
      for (Lease lease : running.leases()) {
        onRunEnded(new RunEnded(lease, RunOutcome.unexpected(left.thrown())));
      }
    }
    return this;
  }

  private Duration heartbeatOf(Lease lease) {
    Duration quarter = lease.term().dividedBy(4);
    return quarter.compareTo(settings.heartbeat()) < 0 ? quarter : settings.heartbeat();
  }

  private void onCancel(WorkerCommand.CancelLease cancel) {
    if (!cancel.checkpoint()) { // what was called back, not forgotten, must still be heard
      coordinator.forget(cancel.lease());
    }
    RunControl.StopReason reason =
        cancel.checkpoint() ? RunControl.StopReason.DRAIN : RunControl.StopReason.CANCEL;
    running.find(cancel.lease()).ifPresent(job -> job.control().requestStop(reason));
  }

  private void onDrain() {
    draining = true;
    running.stopAll(RunControl.StopReason.DRAIN);
    coordinator.send(new WorkerReport.Leaving(info.id()));
  }

  private Behavior<Message> onRunEnded(RunEnded ended) {
    Lease lease = ended.lease();
    Optional<Running> found = running.find(lease);
    if (found.isEmpty()) {
      return this;
    }
    Running over = found.get();
    tellProgress(over); // the curve's last points
    running.remove(lease);
    if (running.isEmpty()) {
      timers.cancel(Tick.HEARTBEAT);
    }
    if (ended.outcome() instanceof RunOutcome.Reported reported) {
      info = info.holding(over.job().backbone());
      coordinator.report(new WorkerReport.Finished(lease, reported.report(), self));
    } else if (ended.outcome() instanceof RunOutcome.Broken broken) {
      getContext().getLog().warn("{} failed: {}", lease, broken.failure().message());
      coordinator.report(new WorkerReport.Failed(lease, broken.failure(), self));
    } else {
      coordinator.report(new WorkerReport.Returned(lease, self));
    }
    return stay();
  }

  private Behavior<Message> onHeartbeat() {
    Optional<String> stall = watch.stall();
    if (stall.isPresent()) {
      return onHung(stall.get());
    }
    if (coordinator.isUp()) {
      running.all().forEach(this::tellProgress);
    }
    return this;
  }

  /**
   * A native call that does not come back cannot be taken away from its thread: the jobs that had
   * started have failed, the rest go back, and this worker ends once that is known.
   */
  private Behavior<Message> onHung(String why) {
    getContext().getLog().error("{} hangs: {}", info.id(), why);
    timers.cancel(Tick.HEARTBEAT);
    hung = true;
    draining = true;
    coordinator.send(new WorkerReport.Leaving(info.id()));
    for (Running job : running.all()) {
      coordinator.report(
          job.control().started()
              ? new WorkerReport.Failed(
                  job.lease(), new JobFailure(JobFailure.Kind.HUNG, why, ""), self)
              : new WorkerReport.Returned(job.lease(), self));
    }
    running.stopAll(RunControl.StopReason.CANCEL);
    running.clear();
    return this;
  }

  private void tellProgress(Running job) {
    LeaseControl.Told told = job.control().takeProgress();
    coordinator.send(new WorkerReport.Heartbeat(job.lease(), told.progress(), told.losses()));
  }

  private Behavior<Message> onResend() {
    if (!coordinator.registered()) {
      coordinator.send(new WorkerReport.Register(info, self, running.leases()));
      if (draining) {
        coordinator.send(new WorkerReport.Leaving(info.id()));
      }
    }
    coordinator.resend();
    return this;
  }

  private Behavior<Message> onStopped() {
    running.stopAll(RunControl.StopReason.CANCEL);
    thread.close();
    return this;
  }
}
