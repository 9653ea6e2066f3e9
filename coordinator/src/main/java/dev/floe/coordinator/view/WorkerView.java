package dev.floe.coordinator.view;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.util.List;

/**
 * A worker as the coordinator sees it.
 *
 * @param leases what it works on; none while it is idle
 * @param leaving whether it takes no more leases
 * @param ended how the process before this one on the same device ended; null when none did
 */
public record WorkerView(
    WorkerInfo info, List<Lease> leases, boolean leaving, WorkerReport.Ended ended) {}
