package dev.floe.test.scale;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/**
 * A device worker whose engine does nothing: each job ends with the same report, at once or after a
 * while, and the next lease is waited for. It speaks to the coordinator as real workers do.
 */
final class NoOpWorker {
  /** Of a short job: 20 steps. */
  private static final JobReport REPORT = report();

  private sealed interface Message {}

  private record Found(Receptionist.Listing listing) implements Message {}

  private record Told(WorkerCommand command) implements Message {}

  private record Done(Lease lease) implements Message {}

  private final ActorContext<Message> context;
  private final String id;
  private final Load load;
  private final Measurements measurements;
  private final ActorRef<WorkerCommand> self;
  private ActorRef<WorkerReport> coordinator; // null until found
  private long freeSince = System.nanoTime();

  static Behavior<?> create(String id, Load load, Measurements measurements) {
    return Behaviors.<Message>setup(
        context -> new NoOpWorker(context, id, load, measurements).behavior());
  }

  private NoOpWorker(
      ActorContext<Message> context, String id, Load load, Measurements measurements) {
    this.context = context;
    this.id = id;
    this.load = load;
    this.measurements = measurements;
    this.self = context.messageAdapter(WorkerCommand.class, Told::new);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                WorkerReport.COORDINATOR,
                context.messageAdapter(Receptionist.Listing.class, Found::new)));
  }

  private Behavior<Message> behavior() {
    return Behaviors.receive(Message.class)
        .onMessage(Found.class, found -> onFound(found.listing()))
        .onMessage(Told.class, told -> onTold(told.command()))
        .onMessage(Done.class, done -> onDone(done.lease()))
        .build();
  }

  private Behavior<Message> onFound(Receptionist.Listing listing) {
    for (ActorRef<WorkerReport> found : listing.getServiceInstances(WorkerReport.COORDINATOR)) {
      coordinator = found;
      coordinator.tell(
          new WorkerReport.Register(
              new WorkerInfo(id, "simulated", "cpu", 1, null), self, List.of()));
    }
    return Behaviors.same();
  }

  private Behavior<Message> onTold(WorkerCommand command) {
    if (command instanceof WorkerCommand.RunLease run) {
      measurements.dispatched(System.nanoTime() - freeSince);
      coordinator.tell(new WorkerReport.Accepted(run.lease()));
      Duration takes = load.takes();
      if (takes.isZero()) {
        return onDone(run.lease());
      }
      double jitter = 0.5 + ThreadLocalRandom.current().nextDouble();
      context.scheduleOnce(
          Duration.ofNanos((long) (takes.toNanos() * jitter)),
          context.getSelf(),
          new Done(run.lease()));
    } else if (command instanceof WorkerCommand.ReportReceived) {
      measurements.completed();
    }
    return Behaviors.same();
  }

  private Behavior<Message> onDone(Lease lease) {
    freeSince = System.nanoTime();
    coordinator.tell(new WorkerReport.Finished(lease, REPORT, self));
    return Behaviors.same();
  }

  private static JobReport report() {
    List<Double> losses = new ArrayList<>();
    for (int step = 1; step <= 20; step++) {
      losses.add(1 + 2.5 / step);
    }
    return new JobReport(
        JobReport.Outcome.DONE,
        4_194_304,
        losses,
        Map.of("word-problems-test.accuracy", 0.463),
        12.5,
        4012.4,
        "/runs/scale/adapters/000000-lora-mlp-r16-s0");
  }
}
