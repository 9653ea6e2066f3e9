package dev.floe.coordinator;

import dev.floe.coordinator.view.WorkerView;
import dev.floe.protocol.report.JobFailure;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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

  /** Who works here. */
  public CompletionStage<List<WorkerView>> workers() {
    return AskPattern.ask(coordinator, Coordinator.ListWorkers::new, TIMEOUT, system.scheduler());
  }

  /** Ends a sweep: what has not ended is stopped. */
  public CompletionStage<Done> cancelSweep(String sweep) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.CancelSweep(sweep, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /** Tries again what failed for one of these reasons; gives how many jobs that are. */
  public CompletionStage<Integer> retryFailed(String sweep, Set<JobFailure.Kind> kinds) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.RetryFailed(sweep, kinds, replyTo),
        TIMEOUT,
        system.scheduler());
  }

  /**
   * Lets a worker finish or checkpoint what it runs, and gives it nothing more.
   *
   * @param within after this, its leases are handed back without its word
   * @return done when it holds nothing; fails, with one line for the user, when nobody knows it
   */
  public CompletionStage<Done> drainWorker(String worker, Duration within) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.DrainWorker(worker, within, replyTo),
        TIMEOUT.plus(within),
        system.scheduler());
  }

  /** Lets a sweep rest until {@link #resumeSweep}, over restarts too. */
  public CompletionStage<Done> pauseSweep(String sweep) {
    return AskPattern.askWithStatus(
        coordinator,
        replyTo -> new Coordinator.PauseSweep(sweep, replyTo),
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

  /**
   * Stops the coordinator: workers checkpoint and hand their leases back, which costs no job an
   * attempt; what came back is persisted and the files are written when the stage is done.
   */
  public CompletionStage<Done> shutdown() {
    return AskPattern.ask(coordinator, Coordinator.Shutdown::new, TIMEOUT, system.scheduler());
  }
}
