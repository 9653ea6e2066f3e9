package dev.floe.coordinator;

import dev.floe.coordinator.view.WorkerView;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** Speaks to a {@link Coordinator} from outside the actors. Safe to use from any thread. */
public final class CoordinatorClient {
  /** Beyond what the coordinator itself waits for an answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final ActorRef<Coordinator.Command> coordinator;
  private final ActorSystem<?> system;

  public CoordinatorClient(ActorRef<Coordinator.Command> coordinator, ActorSystem<?> system) {
    this.coordinator = coordinator;
    this.system = system;
  }

  /**
   * Runs a sweep, from its start or from where an earlier run came to.
   *
   * @return fails, with one line for the user, when the sweep writes to another directory
   */
  public CompletionStage<Submission> submit(SweepSpec spec, Path outputDirectory) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.Submit(spec, outputDirectory, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /**
   * Goes on with a sweep that an earlier run submitted.
   *
   * @return fails, with one line for the user, when no sweep has this id
   */
  public CompletionStage<Submission> open(String sweep) {
    return AskPattern.askWithStatus(
        coordinator, replyTo -> new Coordinator.Open(sweep, replyTo), TIMEOUT, system.scheduler());
  }

  /** Lets a sweep rest until {@link #resumeSweep}, over restarts too. */
  public CompletionStage<Done> stopSweep(String sweep) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.StopSweep(sweep, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /** Goes on with a sweep that rests. */
  public CompletionStage<Done> resumeSweep(String sweep) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.ResumeSweep(sweep, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /** Who works here. */
  public CompletionStage<List<WorkerView>> workers() {
    return AskPattern.ask(coordinator, Coordinator.ListWorkers::new, TIMEOUT, system.scheduler());
  }

  /**
   * Has a worker checkpoint, hand back what it runs, and go.
   *
   * @param worker its id, or the beginning of it that all workers of one node share
   * @return how many were told
   */
  public CompletionStage<Integer> drainWorker(String worker) {
    return AskPattern.ask(
        coordinator,
        replyTo -> new Coordinator.DrainWorker(worker, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /**
   * Stops the coordinator: workers checkpoint and hand their leases back, which costs no job an
   * attempt; what came back is persisted and the files are written when the stage is done.
   */
  public CompletionStage<Done> shutdown() {
    return AskPattern.ask(coordinator, Coordinator.Shutdown::new, TIMEOUT, system.scheduler());
  }
}
