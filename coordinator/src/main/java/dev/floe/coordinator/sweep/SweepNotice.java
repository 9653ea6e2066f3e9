package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** What a sweep tells whoever hands out its jobs. Never leaves the process. */
public sealed interface SweepNotice {

  /** The sweep's id. */
  String sweep();

  /**
   * The sweep is up, and wants to know which of its leases are held: {@link
   * SweepCommand.LeasesHeld}. It has work only once it says so.
   *
   * @param board where the progress of its jobs is wanted
   */
  record Opened(String sweep, ActorRef<SweepCommand> entity, Consumer<SweepUpdate> board)
      implements SweepNotice {}

  /** There may be a job to hand out. */
  record WorkAvailable(String sweep) implements SweepNotice {}

  /** Answers an offer: this lease is the worker's. */
  record Granted(String sweep, Lease lease, JobSpec job) implements SweepNotice {}

  /** Answers an offer: nothing is due, until {@link WorkAvailable} says otherwise. */
  record NothingDue(String sweep, String worker) implements SweepNotice {}

  /** Answers an offer for a bundle: nothing that would run along is near. */
  record NothingAlike(String sweep, String worker) implements SweepNotice {}

  /** Someone holds a lease that is not out any more. */
  record Stale(String sweep, Lease lease) implements SweepNotice {}

  /** The sweep rests: its running jobs are to checkpoint and be handed back. */
  record Resting(String sweep, List<Lease> running) implements SweepNotice {}

  /** Every job has ended. */
  record Finished(String sweep) implements SweepNotice {}
}
