package dev.floe.cli.agent;

import com.typesafe.config.Config;
import dev.floe.cli.node.Bootstrap;
import dev.floe.cli.node.NodeConfig;
import dev.floe.cli.node.NodeEnd;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.worker.node.DeviceWorker;
import dev.floe.worker.node.JobRunner;
import dev.floe.worker.node.WorkerSettings;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/** A member of the cluster that works for one device. */
final class DeviceNode {

  private enum Command {
    DRAIN
  }

  private final ActorSystem<Command> system;

  private DeviceNode(ActorSystem<Command> system) {
    this.system = system;
  }

  /**
   * Joins the cluster.
   *
   * @param ended how the process before this one ended; empty when it was the first
   * @param runner given whom to tell that this node cannot run jobs
   */
  static DeviceNode start(
      Config config,
      WorkerInfo info,
      Optional<WorkerReport.Ended> ended,
      Function<Runnable, JobRunner> runner) {
    ActorSystem<Command> system =
        ActorSystem.create(guardian(info, ended, runner), NodeConfig.SYSTEM, config);
    Bootstrap.startIfConfigured(system);
    return new DeviceNode(system);
  }

  /** Has the running job checkpoint and handed back, then leaves the cluster and ends. */
  void drain() {
    system.tell(Command.DRAIN);
  }

  /** Returns when the node has left. */
  NodeEnd awaitEnd() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the worker failed", e);
    }
    return NodeEnd.of(system);
  }

  private static Behavior<Command> guardian(
      WorkerInfo info, Optional<WorkerReport.Ended> ended, Function<Runnable, JobRunner> runner) {
    return Behaviors.setup(
        context -> {
          ActorRef<Command> self = context.getSelf();
          ended.ifPresent(report -> context.spawn(tellsEach(report), "ended"));
          ActorRef<DeviceWorker.Message> worker =
              context.spawn(
                  DeviceWorker.create(
                      info,
                      runner.apply(() -> self.tell(Command.DRAIN)),
                      WorkerSettings.OWN_PROCESS,
                      () -> Runtime.getRuntime().halt(DeviceWorker.HUNG_EXIT)),
                  "worker");
          context.watch(worker);
          return Behaviors.receive(Command.class)
              .onMessageEquals(
                  Command.DRAIN,
                  () -> {
                    worker.tell(DeviceWorker.Request.DRAIN);
                    return Behaviors.same();
                  })
              .onSignal(Terminated.class, gone -> Behaviors.stopped())
              .build();
        });
  }

  /** Tells every coordinator that appears once. */
  private static Behavior<Receptionist.Listing> tellsEach(WorkerReport.Ended ended) {
    return Behaviors.setup(
        context -> {
          Set<ActorRef<WorkerReport>> told = new HashSet<>();
          Consumer<ActorRef<WorkerReport>> tell = coordinator -> coordinator.tell(ended);
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.subscribe(WorkerReport.COORDINATOR, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onAnyMessage(
                  listing -> {
                    listing.getServiceInstances(WorkerReport.COORDINATOR).stream()
                        .filter(told::add)
                        .forEach(tell);
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
