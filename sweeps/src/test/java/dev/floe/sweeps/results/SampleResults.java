package dev.floe.sweeps.results;

import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sweep of four jobs: done, done better, diverged, failed. */
final class SampleResults {
  static final String ACCURACY = "test.accuracy";

  private SampleResults() {}

  static SweepResults sweep() {
    return new SweepResults(
        "quickstart",
        "0123abcd",
        "/models/tiny",
        new SweepResults.Baseline(Map.of(ACCURACY, 0.01)),
        List.of(
            JobResult.reported(0, parameters("lora", "mlp", 4), 1, done(0.455, 12288)),
            JobResult.reported(1, parameters("lora", "q_proj,v_proj", 4), 2, done(0.63, 4096)),
            JobResult.reported(2, parameters("series", "mlp", 16), 1, diverged()),
            JobResult.failed(
                3,
                parameters("full", null, null),
                JobState.FAILED,
                3,
                new JobFailure(JobFailure.Kind.BUG, "no memory:\nuse a smaller micro-batch", ""))));
  }

  static Map<String, Object> parameters(String type, String placement, Integer rank) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("adapter.type", type);
    if (placement != null) {
      parameters.put("adapter.placement", placement);
      parameters.put("adapter.rank", rank);
    }
    parameters.put("seed", 0L);
    return parameters;
  }

  private static JobReport done(double accuracy, long trainable) {
    return new JobReport(
        JobReport.Outcome.DONE,
        trainable,
        List.of(2.5, 0.43125),
        Map.of(ACCURACY, accuracy),
        12.34,
        4012.4,
        "/runs/one/adapters/" + trainable);
  }

  private static JobReport diverged() {
    return new JobReport(
        JobReport.Outcome.DIVERGED,
        1_000_000,
        List.of(2.5, Double.NaN),
        Map.of(),
        1.5,
        Double.POSITIVE_INFINITY,
        null);
  }
}
