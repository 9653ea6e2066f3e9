package dev.floe.coordinator;

import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the tests of this module speak of. */
public final class Samples {
  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private Samples() {}

  /** A sweep of {@code jobs} LoRA ranks. */
  public static SweepSpec spec(int jobs) {
    return new SweepSpec(
        "sample",
        "/models/small",
        new DataSpec("/data/train.json", List.of("/data/test.json"), "alpaca", 64, true, true),
        new AdapterAxes(
            List.of(AdapterType.LORA),
            List.of(Placement.ofRole("attention")),
            IntStream.rangeClosed(1, jobs).boxed().toList(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        new TrainAxes(
            List.of(1),
            List.of(),
            List.of(4),
            List.of(),
            List.of(1e-3),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        List.of(0L),
        new EvaluateSpec("greedy", 8),
        List.of());
  }

  public static JobReport report() {
    return report(JobReport.Outcome.DONE, 2.0, 1.5);
  }

  public static JobReport report(JobReport.Outcome outcome, Double... losses) {
    return new JobReport(
        outcome, 64, List.of(losses), Map.of("test.accuracy", 0.5), 1.25, 100, "/out/adapters/0");
  }

  public static JobFailure failure(JobFailure.Kind kind) {
    return new JobFailure(kind, "it went wrong", "");
  }
}
