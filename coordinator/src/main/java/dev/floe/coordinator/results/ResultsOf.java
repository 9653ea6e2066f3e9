package dev.floe.coordinator.results;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.SweepResults;
import java.util.List;
import java.util.Map;

/** What {@code results.json} says about a sweep as it stands. */
public final class ResultsOf {
  private ResultsOf() {}

  public static SweepResults view(SweepView view) {
    return of(view, view.jobs().stream().map(ResultsOf::job).toList());
  }

  static SweepResults viewWithoutJobs(SweepView view) {
    return of(view, List.of());
  }

  private static SweepResults of(SweepView view, List<JobResult> jobs) {
    Map<String, Double> scores =
        view.baseline().report() == null ? Map.of() : view.baseline().report().metrics();
    return new SweepResults(
        view.name(), view.id(), view.backbone(), new SweepResults.Baseline(scores), jobs);
  }

  static JobResult job(JobView job) {
    if (job.report() != null) {
      return JobResult.reported(job.index(), job.parameters(), job.attempts(), job.report());
    }
    return JobResult.failed(
        job.index(), job.parameters(), job.state(), job.attempts(), job.failure());
  }
}
