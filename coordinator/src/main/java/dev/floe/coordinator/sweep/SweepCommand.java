package dev.floe.coordinator.sweep;

import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.pattern.StatusReply;

/** What can be asked of a {@link Sweep}. Never leaves the process. */
public sealed interface SweepCommand {

  /** Submit the sweep; submitting it again changes nothing. */
  record Submit(SweepSpec spec, Path outputDirectory, ActorRef<StatusReply<Submitted>> replyTo)
      implements SweepCommand {}

  /**
   * Answers {@link Submit} and {@link Describe}.
   *
   * @param resumed whether the sweep was there before
   * @param jobs how many, the baseline not counted
   * @param ended how many of them have ended
   */
  record Submitted(boolean resumed, int jobs, int ended) {}

  /** Tell how far the sweep is; an error when it was never submitted. */
  record Describe(ActorRef<StatusReply<Submitted>> replyTo) implements SweepCommand {}

  /**
   * A worker can take a job; answered with {@link SweepNotice.Granted} or {@code NothingDue}.
   *
   * @param key what the job must have in common with those that the worker runs; empty when it is
   *     free
   */
  record Offer(String worker, Optional<BundleKey> key) implements SweepCommand {
    /** The worker is free. */
    public Offer(String worker) {
      this(worker, Optional.empty());
    }
  }

  /** An attempt ended; acknowledged to the worker once it is in the journal, or stale. */
  record AttemptEnded(WorkerReport.Final report) implements SweepCommand {}

  /** A lease is over without a report. */
  record LeaseLost(Lease lease, String why, boolean tookWorkerDown) implements SweepCommand {}

  /** A lease comes back on behalf of a worker that did not or cannot say so. */
  record HandBack(Lease lease) implements SweepCommand {}

  /** Answers {@link SweepNotice.Opened}: these leases are known to be held. */
  record LeasesHeld(Set<Lease> leases) implements SweepCommand {
    public LeasesHeld {
      leases = Set.copyOf(leases);
    }
  }

  /** A worker says that it holds this lease; answered with {@code Stale} when it should not. */
  record ConfirmLease(Lease lease) implements SweepCommand {}

  /** Hand out no more jobs; those that run checkpoint and come back, at no cost. */
  record Pause(ActorRef<StatusReply<Done>> replyTo) implements SweepCommand {}

  /** Hand out jobs again, each from its checkpoint; an error when the sweep has ended. */
  record Resume(ActorRef<StatusReply<Done>> replyTo) implements SweepCommand {}

  /** End the sweep now: whatever has not ended is stopped. What was done stays. */
  record Cancel(ActorRef<StatusReply<Done>> replyTo) implements SweepCommand {}

  /**
   * Make pending again, with all attempts before them, the failed jobs whose last failure is of one
   * of these kinds; answered with how many they are. A sweep that had ended goes on.
   */
  record RetryFailed(Set<JobFailure.Kind> kinds, ActorRef<StatusReply<Integer>> replyTo)
      implements SweepCommand {
    public RetryFailed {
      kinds = Set.copyOf(kinds);
    }
  }

  /** Stop this actor after all that was sent before; the sweep itself goes on when reopened. */
  enum Close implements SweepCommand {
    INSTANCE
  }

  /** What the entity tells itself. */
  non-sealed interface Internal extends SweepCommand {}
}
