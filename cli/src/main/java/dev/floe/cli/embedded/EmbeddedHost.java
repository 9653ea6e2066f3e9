package dev.floe.cli.embedded;

import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorConfig;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.worker.engine.TuningEngine;
import dev.floe.worker.node.DeviceWorker;
import dev.floe.worker.node.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A coordinator and one device worker in this process, over a data directory. */
final class EmbeddedHost {
  /** The coordinator gives workers {@code drainWithin}; the rest is for files and the journal. */
  private static final Duration DRAIN_WITHIN = Duration.ofMillis(4500);

  private static final Duration START_WITHIN = Duration.ofSeconds(30);

  private final ActorSystem<Void> system;
  private final CoordinatorClient client;

  private EmbeddedHost(ActorSystem<Void> system, ActorRef<Coordinator.Command> coordinator) {
    this.system = system;
    this.client = new CoordinatorClient(coordinator, system);
  }

  /**
   * Starts both. When one of them dies the other cannot go on, and both end.
   *
   * @param threads compute threads of the worker
   */
  static EmbeddedHost start(Path dataDirectory, int threads) throws IOException {
    CompletableFuture<ActorRef<Coordinator.Command>> coordinator = new CompletableFuture<>();
    ActorSystem<Void> system =
        ActorSystem.create(
            both(threads, coordinator), "floe", CoordinatorConfig.embedded(dataDirectory));
    try {
      return new EmbeddedHost(system, coordinator.get(START_WITHIN.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    } catch (ExecutionException | TimeoutException e) {
      system.terminate();
      throw new IOException("the coordinator did not start", e);
    }
  }

  private static Behavior<Void> both(
      int threads, CompletableFuture<ActorRef<Coordinator.Command>> started) {
    return Behaviors.setup(
        context -> {
          ActorRef<Coordinator.Command> coordinator =
              context.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED), "coordinator");
          WorkerInfo info =
              new WorkerInfo(
                  "cpu-" + UUID.randomUUID(), "this machine's processor", "cpu", threads, null);
          ActorRef<DeviceWorker.Message> worker =
              context.spawn(
                  DeviceWorker.create(info, new TuningEngine(threads), WorkerSettings.DEFAULT),
                  "worker");
          context.watch(coordinator);
          context.watch(worker);
          started.complete(coordinator);
          return Behaviors.receive(Void.class)
              .onSignal(Terminated.class, died -> Behaviors.stopped())
              .build();
        });
  }

  ActorSystem<?> system() {
    return system;
  }

  CoordinatorClient client() {
    return client;
  }

  /** Done when the actors have stopped, wanted or not. */
  CompletionStage<Done> terminated() {
    return system.getWhenTerminated();
  }

  /** Lets running jobs checkpoint and hand back their leases; returns within five seconds. */
  void drain() throws InterruptedException {
    try {
      client.shutdown().toCompletableFuture().get(DRAIN_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // what was not handed back in time is taken for lost at the next start
      system.log().warn("the worker did not hand back its lease in time", e);
    }
  }

  /** Ends the actors. */
  void terminate() {
    system.terminate();
  }
}
