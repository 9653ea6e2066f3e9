package dev.floe.coordinator.sweep;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A submitted sweep's jobs, what a lease on one of them is, and the rules that they follow.
 *
 * @param sweep the sweep's id
 * @param leaseTerm how long a lease lasts without a heartbeat
 */
record SweepJobs(String sweep, Expansion expansion, SweepRules rules, Duration leaseTerm) {

  static SweepJobs of(String sweep, SweepSpec spec, Path outputDirectory, SweepSettings settings) {
    RetryPolicy retry =
        spec.failures() == null ? settings.retry() : new RetryPolicy(spec.failures());
    return new SweepJobs(
        sweep, Expansion.of(spec, outputDirectory), new SweepRules(retry), settings.leaseTerm());
  }

  JobSpec spec(int job) {
    return job == JobSpec.BASELINE ? expansion.baseline() : expansion.job(job);
  }

  Lease lease(int job, JobRecord record) {
    return new Lease(sweep, job, record.attempt(), record.worker(), leaseTerm);
  }

  /** The leases that are out. */
  List<Lease> leases(SweepState state) {
    return state.running().entrySet().stream()
        .map(job -> lease(job.getKey(), job.getValue()))
        .toList();
  }
}
