package dev.floe.protocol.worker;

import dev.floe.protocol.FloeMessage;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** What a device worker tells the coordinator. */
public sealed interface WorkerReport extends FloeMessage {

  /** Where workers find the coordinator, in one process as in a cluster. */
  ServiceKey<WorkerReport> COORDINATOR = ServiceKey.create(WorkerReport.class, "floe-coordinator");

  /**
   * A worker introduces itself: at its start, and whenever a coordinator appears.
   *
   * @param held leases that it still runs
   */
  record Register(WorkerInfo info, ActorRef<WorkerCommand> worker, List<Lease> held)
      implements WorkerReport {
    public Register {
      held = List.copyOf(held);
    }
  }

  /** The worker takes no more leases. */
  record Leaving(String worker) implements WorkerReport {}

  /**
   * While it runs jobs of this key, the worker would run so many more of them along. Holds until
   * the worker says another number.
   */
  record Room(String worker, BundleKey key, int jobs) implements WorkerReport {}

  /**
   * How the process before this one, on the same device, ended.
   *
   * @param worker id of the worker, which both processes share
   * @param exitCode of the process; above 128, the signal that ended it
   * @param lastLines the end of its log, oldest first
   */
  record Ended(String worker, int exitCode, List<String> lastLines) implements WorkerReport {
    /** What a device's process ends with by itself (drained, refused, cut off, hung, ...). */
    private static final Set<Integer> BY_ITSELF = Set.of(0, 2, 3, 4, 5, 6, 75);

    /** SIGHUP, SIGINT, SIGTERM: somebody asked it to end. */
    private static final Set<Integer> ASKED_TO = Set.of(129, 130, 143);

    public Ended {
      lastLines = List.copyOf(lastLines);
    }

    /** Whether the process died of what it did, or was killed: its jobs may be why. */
    public boolean crashed() {
      return !BY_ITSELF.contains(exitCode) && !ASKED_TO.contains(exitCode);
    }
  }

  /** The job starts. */
  record Accepted(Lease lease) implements WorkerReport {}

  /**
   * The attempt is alive: renews its lease.
   *
   * @param losses points of the curve since the heartbeat before
   */
  record Heartbeat(Lease lease, Progress progress, List<LossPoint> losses) implements WorkerReport {
    public Heartbeat {
      losses = List.copyOf(losses);
    }
  }

  /**
   * How an attempt ended. Sent again and again until {@link WorkerCommand.ReportReceived} answers.
   */
  sealed interface Final extends WorkerReport {
    Lease lease();

    /** Whom to answer. */
    ActorRef<WorkerCommand> worker();
  }

  /** The attempt ran to its end. */
  record Finished(Lease lease, JobReport report, ActorRef<WorkerCommand> worker) implements Final {}

  /** The attempt failed. */
  record Failed(Lease lease, JobFailure failure, ActorRef<WorkerCommand> worker) implements Final {}

  /** The lease is handed back on request, checkpointed if there was something to keep. */
  record Returned(Lease lease, ActorRef<WorkerCommand> worker) implements Final {}
}
