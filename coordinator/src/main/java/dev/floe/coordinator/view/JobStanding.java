package dev.floe.coordinator.view;

import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.util.List;
import java.util.Map;

/** A {@link JobView} without what tells it from other jobs, so that many can share one. */
record JobStanding(
    JobState state,
    int attempts,
    String worker,
    Progress progress,
    List<LossPoint> losses,
    JobReport report,
    JobFailure failure) {

  /** A job that nothing has happened to yet. */
  static final JobStanding PENDING = bare(JobState.PENDING, 0);

  private static JobStanding bare(JobState state, int attempts) {
    return new JobStanding(state, attempts, null, null, List.of(), null, null);
  }

  static JobStanding of(JobView job) {
    return new JobStanding(
        job.state(),
        job.attempts(),
        job.worker(),
        job.progress(),
        job.losses(),
        job.report(),
        job.failure());
  }

  JobView view(int index, Map<String, Object> parameters) {
    return new JobView(
        index, state, attempts, parameters, worker, progress, losses, report, failure);
  }

  /** What is left of it in a view that cannot hold everything. */
  JobStanding brief() {
    return bare(state, attempts);
  }
}
