package dev.floe.test.browser;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sweeps for the page to show: three adapter types on two placements with two ranks, and seeds. */
final class Scenes {
  static final String METRIC = "word-problems-test.accuracy";
  static final int STEPS = 75;
  private static final List<String> TYPES = List.of("lora", "series", "parallel");
  private static final List<String> PLACEMENTS = List.of("attention", "mlp");
  private static final List<Integer> RANKS = List.of(4, 16);

  private Scenes() {}

  /** A sweep of 12 jobs per seed that nothing has happened to yet, its baseline scored. */
  static SweepView fresh(String id, int seeds) {
    List<JobView> jobs = new ArrayList<>();
    for (String type : TYPES) {
      for (String placement : PLACEMENTS) {
        for (int rank : RANKS) {
          for (int seed = 0; seed < seeds; seed++) {
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put("adapter.type", type);
            parameters.put("adapter.placement", placement);
            parameters.put("adapter.rank", rank);
            parameters.put("seed", seed);
            jobs.add(JobView.pending(jobs.size(), parameters));
          }
        }
      }
    }
    JobView baseline =
        new JobView(
            JobSpec.BASELINE,
            JobState.DONE,
            1,
            Map.of(),
            null,
            null,
            List.of(),
            report(0.02, List.of()),
            null);
    return new SweepView(
        id,
        "quickstart",
        "backbones/quickstart",
        "/runs/quickstart",
        SweepPhase.RUNNING,
        Instant.now().minusSeconds(48),
        null,
        baseline,
        jobs);
  }

  static JobView running(JobView job, int step) {
    Progress progress =
        new Progress(Progress.Phase.TRAINING, step, STEPS, loss(job.index(), step), 5400);
    return new JobView(
        job.index(),
        JobState.RUNNING,
        1,
        job.parameters(),
        "cpu-0",
        progress,
        curve(job, step),
        null,
        null);
  }

  static JobView done(JobView job, double accuracy) {
    List<LossPoint> curve = curve(job, STEPS);
    List<Double> losses = curve.stream().map(LossPoint::loss).toList();
    return new JobView(
        job.index(),
        JobState.DONE,
        1,
        job.parameters(),
        null,
        null,
        curve,
        report(accuracy, losses),
        null);
  }

  static List<LossPoint> curve(JobView job, int steps) {
    List<LossPoint> curve = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      curve.add(new LossPoint(step, loss(job.index(), step)));
    }
    return curve;
  }

  static double loss(int job, int step) {
    double floor = 0.3 + 0.07 * (job % 7);
    double wobble = 0.06 * Math.sin(1.7 * step + job) * Math.exp(-step / 60.0);
    return floor + (3.1 - floor) * Math.exp(-step / (9.0 + job % 5)) + wobble;
  }

  private static JobReport report(double accuracy, List<Double> losses) {
    return new JobReport(
        JobReport.Outcome.DONE,
        losses.isEmpty() ? 0 : 18_432,
        losses,
        Map.of(METRIC, accuracy),
        15.2,
        5400,
        losses.isEmpty() ? null : "adapters/1");
  }
}
