package dev.floe.coordinator.http;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sweep of four jobs: done, running, failed and pending. */
final class Views {
  static final Instant START = Instant.parse("2025-01-01T10:00:00Z");

  private Views() {}

  static SweepView sweep() {
    return sweep(
        List.of(done(0), running(1, 50), failed(2), JobView.pending(3, parameters("lora", 16))));
  }

  static SweepView sweep(List<JobView> jobs) {
    return new SweepView(
        "s1", "small", "/backbone", "/out", SweepPhase.RUNNING, START, null, baseline(), jobs);
  }

  static JobView done(int index) {
    JobReport report =
        new JobReport(
            JobReport.Outcome.DONE,
            512,
            List.of(2.0, 1.0),
            Map.of("test.accuracy", 0.5, "test.perplexity", Double.POSITIVE_INFINITY),
            12.5,
            1000,
            "/out/adapters/0");
    List<LossPoint> curve = List.of(new LossPoint(1, 2.0), new LossPoint(2, 1.0));
    return new JobView(
        index, JobState.DONE, 1, parameters("lora", 4), null, null, curve, report, null);
  }

  static JobView running(int index, int step) {
    Progress progress = new Progress(Progress.Phase.TRAINING, step, 100, Double.NaN, 900);
    List<LossPoint> curve = List.of(new LossPoint(1, 3.0), new LossPoint(3, Double.NaN));
    return new JobView(
        index, JobState.RUNNING, 2, parameters("series", 4), "w", progress, curve, null, null);
  }

  private static JobView failed(int index) {
    JobFailure failure = new JobFailure(JobFailure.Kind.INVALID, "no module q_projj", "trace");
    return new JobView(
        index, JobState.FAILED, 1, parameters("series", 16), null, null, List.of(), null, failure);
  }

  private static JobView baseline() {
    JobReport report =
        new JobReport(
            JobReport.Outcome.DONE, 0, List.of(), Map.of("test.accuracy", 0.1), 1, 0, null);
    return new JobView(
        JobSpec.BASELINE, JobState.DONE, 1, Map.of(), null, null, List.of(), report, null);
  }

  private static Map<String, Object> parameters(String type, int rank) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("adapter.type", type);
    parameters.put("adapter.rank", rank);
    return parameters;
  }
}
