package dev.floe.coordinator.view;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;

/**
 * A worker as the coordinator sees it.
 *
 * @param lease what it works on; null while it is idle
 * @param leaving whether it takes no more leases
 * @param ended how the process before this one on the same device ended; null when none did
 */
public record WorkerView(WorkerInfo info, Lease lease, boolean leaving, WorkerReport.Ended ended) {}
