package dev.floe.coordinator;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/**
 * A worker that answers leases as its script says, and remembers what it was told. It finds the
 * coordinator as real workers do, and hands back what it holds when it is cancelled or drained.
 */
public final class FakeWorker {

  /** What the worker reports when it is given a lease; nothing more comes of the lease. */
  public interface Script {
    List<WorkerReport> answer(WorkerCommand.RunLease run, ActorRef<WorkerCommand> worker);
  }

  /** Finishes every job at once. */
  public static final Script FINISHES =
      (run, worker) ->
          List.of(
              new WorkerReport.Accepted(run.lease()),
              new WorkerReport.Finished(run.lease(), Samples.report(), worker));

  /** Accepts, and is silent until it is cancelled or drained. */
  public static final Script HANGS =
      (run, worker) -> List.of(new WorkerReport.Accepted(run.lease()));

  /** What the actor hears. */
  public sealed interface Message {}

  private record Found(Receptionist.Listing listing) implements Message {}

  private record Told(WorkerCommand command) implements Message {}

  /** Stop as a process that dies. */
  public enum Die implements Message {
    INSTANCE
  }

  public final BlockingQueue<WorkerCommand.RunLease> leased = new LinkedBlockingQueue<>();
  public final BlockingQueue<Lease> acknowledged = new LinkedBlockingQueue<>();
  private final Set<Lease> held = new HashSet<>();
  private final String id;
  private final Script script;
  private ActorRef<WorkerReport> coordinator;
  private ActorRef<WorkerCommand> self;

  public FakeWorker(String id, Script script) {
    this.id = id;
    this.script = script;
  }

  public Behavior<Message> behavior() {
    return Behaviors.setup(this::start);
  }

  private Behavior<Message> start(ActorContext<Message> context) {
    self = context.messageAdapter(WorkerCommand.class, Told::new);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                WorkerReport.COORDINATOR,
                context.messageAdapter(Receptionist.Listing.class, Found::new)));
    return Behaviors.receive(Message.class)
        .onMessage(Found.class, found -> onFound(found.listing()))
        .onMessage(Told.class, told -> onTold(told.command()))
        .onMessage(Die.class, die -> Behaviors.stopped())
        .build();
  }

  private Behavior<Message> onFound(Receptionist.Listing listing) {
    for (ActorRef<WorkerReport> found : listing.getServiceInstances(WorkerReport.COORDINATOR)) {
      coordinator = found;
      coordinator.tell(
          new WorkerReport.Register(
              new WorkerInfo(id, "fake", "cpu", 1, null), self, List.copyOf(held)));
    }
    return Behaviors.same();
  }

  private Behavior<Message> onTold(WorkerCommand command) {
    if (command instanceof WorkerCommand.RunLease run) {
      leased.add(run);
      held.add(run.lease());
      for (WorkerReport report : script.answer(run, self)) {
        send(report);
      }
    } else if (command instanceof WorkerCommand.ReportReceived received) {
      acknowledged.add(received.lease());
    } else if (command instanceof WorkerCommand.Drain) {
      send(new WorkerReport.Leaving(id));
      List.copyOf(held).forEach(lease -> send(new WorkerReport.Returned(lease, self)));
    } else if (command instanceof WorkerCommand.CancelLease cancel
        && held.contains(cancel.lease())) {
      send(new WorkerReport.Returned(cancel.lease(), self));
    }
    return Behaviors.same();
  }

  private void send(WorkerReport report) {
    if (report instanceof WorkerReport.Final ended) {
      held.remove(ended.lease());
    }
    coordinator.tell(report);
  }
}
