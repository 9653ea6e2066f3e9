package dev.floe.cli.embedded;

import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorConfig;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.worker.engine.TuningEngine;
import dev.floe.worker.node.DeviceWorker;
import dev.floe.worker.node.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/** A coordinator and one device worker in this process, over a data directory. */
final class EmbeddedHost {
  /** The coordinator gives workers {@code drainWithin}; the rest is for files and the journal. */
  private static final Duration DRAIN_WITHIN = Duration.ofMillis(4500);

  private final ActorSystem<Coordinator.Command> system;
  private final CoordinatorClient client;

  private EmbeddedHost(ActorSystem<Coordinator.Command> system) {
    this.system = system;
    this.client = new CoordinatorClient(system, system);
  }

  /**
   * Starts both.
   *
   * @param threads compute threads of the worker
   */
  static EmbeddedHost start(Path dataDirectory, int threads) {
    ActorSystem<Coordinator.Command> system =
        ActorSystem.create(
            Coordinator.create(CoordinatorSettings.EMBEDDED),
            "floe",
            CoordinatorConfig.embedded(dataDirectory));
    WorkerInfo info =
        new WorkerInfo(
            "cpu-" + UUID.randomUUID(), "this machine's processor", "cpu", threads, null);
    system.systemActorOf(
        DeviceWorker.create(info, new TuningEngine(threads), WorkerSettings.DEFAULT),
        "worker",
        Props.empty());
    return new EmbeddedHost(system);
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
