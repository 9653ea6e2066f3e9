package dev.floe.cli.progress;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sweeps at some moment, for tests. */
final class Views {
  private Views() {}

  /** A clock that tests move. */
  static final class Clock implements InstantSource {
    private Instant now = Instant.parse("2024-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    void advance(int seconds) {
      now = now.plusSeconds(seconds);
    }
  }

  static SweepView sweep(JobView baseline, JobView... jobs) {
    return new SweepView(
        "id",
        "tiny",
        "b",
        "/out",
        SweepPhase.RUNNING,
        Instant.EPOCH,
        null,
        baseline,
        List.of(jobs));
  }

  static JobView baselineDone() {
    return new JobView(
        JobSpec.BASELINE,
        JobState.DONE,
        1,
        Map.of(),
        null,
        null,
        List.of(),
        report(0, Map.of("test.accuracy", 0.01), List.of()),
        null);
  }

  static JobView pending(int index) {
    return JobView.pending(index, parameters());
  }

  static JobView training(int index, int step, int steps) {
    return running(index, new Progress(Phase.TRAINING, step, steps, 0.43125, 4012));
  }

  static JobView running(int index, Progress progress) {
    return new JobView(
        index, JobState.RUNNING, 1, parameters(), "w", progress, List.of(), null, null);
  }

  static JobView done(int index) {
    return new JobView(
        index,
        JobState.DONE,
        1,
        parameters(),
        null,
        null,
        List.of(new LossPoint(1, 0.25)),
        report(12.34, Map.of("test.accuracy", 0.63), List.of(0.25)),
        null);
  }

  static JobView failed(int index) {
    return new JobView(
        index,
        JobState.FAILED,
        3,
        parameters(),
        null,
        null,
        List.of(),
        null,
        new JobFailure(JobFailure.Kind.BUG, "it broke", ""));
  }

  private static JobReport report(
      double seconds, Map<String, Double> metrics, List<Double> losses) {
    return new JobReport(JobReport.Outcome.DONE, 8, losses, metrics, seconds, 100, null);
  }

  private static Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("adapter.type", "lora");
    parameters.put("adapter.placement", "mlp");
    parameters.put("adapter.rank", 4);
    return parameters;
  }
}
