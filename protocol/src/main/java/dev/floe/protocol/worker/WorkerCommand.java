package dev.floe.protocol.worker;

import dev.floe.protocol.FloeMessage;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;

/** What the coordinator tells a device worker. */
public sealed interface WorkerCommand extends FloeMessage {

  /** The coordinator knows the worker: it may be given leases. */
  record Registered(String worker) implements WorkerCommand {}

  /**
   * Run this job. Answered with {@link WorkerReport.Accepted}, or handed back when busy with jobs
   * that it cannot run along with.
   */
  record RunLease(Lease lease, JobSpec job) implements WorkerCommand {}

  /**
   * Stop and hand the lease back, or forget it: it is no longer the worker's.
   *
   * @param checkpoint whether to keep, for a later attempt, what has been done
   */
  record CancelLease(Lease lease, boolean checkpoint) implements WorkerCommand {}

  /** Write a checkpoint at the next step and go on. */
  record CheckpointNow(Lease lease) implements WorkerCommand {}

  /** Checkpoint, hand back what runs, take nothing more. */
  record Drain() implements WorkerCommand {}

  /** The final report on this lease is safe, or no longer wanted: stop sending it. */
  record ReportReceived(Lease lease) implements WorkerCommand {}
}
