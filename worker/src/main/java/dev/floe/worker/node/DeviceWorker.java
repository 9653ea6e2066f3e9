package dev.floe.worker.node;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Takes leases for one device, one at a time, and runs them on the device's own thread.
 *
 * <p>It promises: the actor answers while a job runs; each lease that it accepted ends in exactly
 * one kind of final report, sent until it is acknowledged; a coordinator that comes back, or
 * another one that takes over, hears of the worker and of what it holds.
 */
public final class DeviceWorker extends AbstractBehavior<DeviceWorker.Message> {

  /** What the worker hears. Others speak to it as {@link WorkerCommand}. */
  public sealed interface Message {}

  /** Hand back what runs, take nothing more; what a coordinator's drain says, said locally. */
  public enum Request implements Message {
    DRAIN
  }

  private record Told(WorkerCommand command) implements Message {}

  private record CoordinatorsListed(Receptionist.Listing listing) implements Message {}

  private record RunEnded(Lease lease, RunOutcome outcome) implements Message {}

  private enum Tick implements Message {
    HEARTBEAT,
    RESEND
  }

  private record Running(Lease lease, String backbone, LeaseControl control) {}

  private final JobRunner runner;
  private final WorkerSettings settings;
  private final TimerScheduler<Message> timers;
  private final DeviceThread thread;
  private final ActorRef<WorkerCommand> self;

  /** Final reports that no coordinator has acknowledged, oldest first. */
  private final Map<Lease, WorkerReport.Final> outbox = new LinkedHashMap<>();

  private WorkerInfo info;
  private ActorRef<WorkerReport> coordinator; // null while none is known
  private boolean registered;
  private boolean draining;
  private Running running; // null while idle

  /** A worker that finds its coordinator by {@link WorkerReport#COORDINATOR}. */
  public static Behavior<Message> create(
      WorkerInfo info, JobRunner runner, WorkerSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new DeviceWorker(context, timers, info, runner, settings)));
  }

  private DeviceWorker(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      WorkerInfo info,
      JobRunner runner,
      WorkerSettings settings) {
    super(context);
    this.runner = runner;
    this.settings = settings;
    this.timers = timers;
    this.info = info;
    this.thread = new DeviceThread(info.id());
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
        .onMessageEquals(Request.DRAIN, () -> onCommand(new WorkerCommand.Drain()))
        .onMessageEquals(Tick.HEARTBEAT, this::onHeartbeat)
        .onMessageEquals(Tick.RESEND, this::onResend)
        .onSignal(PostStop.class, stopped -> onStopped())
        .build();
  }

  private Behavior<Message> onCoordinators(CoordinatorsListed message) {
    List<ActorRef<WorkerReport>> known =
        List.copyOf(message.listing().getServiceInstances(WorkerReport.COORDINATOR));
    if (coordinator != null && known.contains(coordinator)) {
      return this;
    }
    registered = false;
    coordinator = known.isEmpty() ? null : known.get(0);
    getContext().getLog().info("{}: coordinator is {}", info.id(), coordinator);
    return onResend();
  }

  private Behavior<Message> onCommand(WorkerCommand command) {
    if (command instanceof WorkerCommand.RunLease run) {
      onRunLease(run);
    } else if (command instanceof WorkerCommand.CancelLease cancel) {
      onCancel(cancel);
    } else if (command instanceof WorkerCommand.CheckpointNow checkpoint) {
      if (runs(checkpoint.lease())) {
        running.control().requestCheckpoint();
      }
    } else if (command instanceof WorkerCommand.ReportReceived received) {
      outbox.remove(received.lease());
    } else if (command instanceof WorkerCommand.Drain) {
      onDrain();
    } else if (command instanceof WorkerCommand.Registered) {
      registered = true;
    }
    return stay();
  }

  /** Stops a worker that was drained and has nothing more to say, if it is to end then. */
  private Behavior<Message> stay() {
    boolean over = draining && running == null && outbox.isEmpty();
    return over && settings.endsWhenDrained() ? Behaviors.stopped() : this;
  }

  private void onRunLease(WorkerCommand.RunLease run) {
    Lease lease = run.lease();
    if (runs(lease) || outbox.containsKey(lease)) {
      return; // told twice
    }
    if (running != null || draining) {
      report(new WorkerReport.Returned(lease, self));
      return;
    }
    LeaseControl control = new LeaseControl();
    running = new Running(lease, run.job().backbone(), control);
    send(new WorkerReport.Accepted(lease));
    timers.startTimerWithFixedDelay(Tick.HEARTBEAT, heartbeatOf(lease));
    getContext()
        .pipeToSelf(
            thread.submit(() -> RunOutcome.of(runner, run.job(), control)),
            (outcome, thrown) ->
                new RunEnded(lease, thrown == null ? outcome : RunOutcome.unexpected(thrown)));
  }

  private Duration heartbeatOf(Lease lease) {
    Duration quarter = lease.term().dividedBy(4);
    return quarter.compareTo(settings.heartbeat()) < 0 ? quarter : settings.heartbeat();
  }

  private void onCancel(WorkerCommand.CancelLease cancel) {
    outbox.remove(cancel.lease());
    if (runs(cancel.lease())) {
      running
          .control()
          .requestStop(
              cancel.checkpoint() ? RunControl.StopReason.DRAIN : RunControl.StopReason.CANCEL);
    }
  }

  private void onDrain() {
    draining = true;
    if (running != null) {
      running.control().requestStop(RunControl.StopReason.DRAIN);
    }
    send(new WorkerReport.Leaving(info.id()));
  }

  private Behavior<Message> onRunEnded(RunEnded ended) {
    timers.cancel(Tick.HEARTBEAT);
    Lease lease = ended.lease();
    tellProgress(); // the curve's last points
    if (ended.outcome() instanceof RunOutcome.Reported reported) {
      info = info.holding(running.backbone());
      report(new WorkerReport.Finished(lease, reported.report(), self));
    } else if (ended.outcome() instanceof RunOutcome.Broken broken) {
      getContext().getLog().warn("{} failed: {}", lease, broken.failure().message());
      report(new WorkerReport.Failed(lease, broken.failure(), self));
    } else {
      report(new WorkerReport.Returned(lease, self));
    }
    running = null;
    return stay();
  }

  private Behavior<Message> onHeartbeat() {
    if (running != null && coordinator != null) {
      tellProgress();
    }
    return this;
  }

  private void tellProgress() {
    LeaseControl.Told told = running.control().takeProgress();
    send(new WorkerReport.Heartbeat(running.lease(), told.progress(), told.losses()));
  }

  private Behavior<Message> onResend() {
    if (!registered) {
      List<Lease> held = running == null ? List.of() : List.of(running.lease());
      send(new WorkerReport.Register(info, self, held));
      if (draining) {
        send(new WorkerReport.Leaving(info.id()));
      }
    }
    outbox.values().forEach(this::send);
    return this;
  }

  private Behavior<Message> onStopped() {
    if (running != null) {
      running.control().requestStop(RunControl.StopReason.CANCEL);
    }
    thread.close();
    return this;
  }

  private void report(WorkerReport.Final ending) {
    outbox.put(ending.lease(), ending);
    send(ending);
  }

  private void send(WorkerReport report) {
    if (coordinator != null) {
      coordinator.tell(report);
    }
  }

  private boolean runs(Lease lease) {
    return running != null && running.lease().equals(lease);
  }
}
