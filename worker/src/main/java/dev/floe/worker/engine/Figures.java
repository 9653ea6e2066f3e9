package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFigures;
import dev.floe.protocol.report.StepPoint;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.train.StepRecord;
import dev.floe.worker.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gathers what a job cost and how it went, for its report. */
final class Figures {
  private Figures() {}

  /**
   * The figures of a job that has ended.
   *
   * @param prompt tokens to measure decoding behind; empty to leave that out
   * @param saved the adapter's directory; null when none was kept
   */
  static JobFigures of(
      JobSpec job,
      Backbone backbone,
      Adapter adapter,
      TrainingRun.Result trained,
      int[] prompt,
      PeakMemory memory,
      String saved)
      throws IOException {
    DecodeLatency latency = new DecodeLatency(backbone, prompt, job.adapter().virtualTokens());
    boolean hasWeights = !backbone.isBlank();
    return new JobFigures(
        curve(trained.steps()),
        trained.validation(),
        trained.bestStep(),
        trained.validation().isEmpty() ? null : trained.stoppedEarly(),
        trained.flops(),
        memory.bytes(),
        saved == null ? null : (Long) bytes(Path.of(saved)),
        latency.seconds(adapter),
        hasWeights ? latency.seconds(Attachment.NONE) : null,
        seconds(trained));
  }

  /** Spent in steps; null when there were none. */
  private static Double seconds(TrainingRun.Result trained) {
    long tokens = trained.steps().stream().mapToLong(StepRecord::tokens).sum();
    return trained.tokensPerSecond() > 0 ? (Double) (tokens / trained.tokensPerSecond()) : null;
  }

  /** Evenly spaced steps, counted back from the last one. */
  static List<StepPoint> curve(List<StepRecord> steps) {
    int every = (steps.size() - 1) / JobFigures.CURVE_POINTS + 1;
    List<StepPoint> points = new ArrayList<>();
    for (int i = (steps.size() - 1) % every; i >= 0 && i < steps.size(); i += every) {
      StepRecord step = steps.get(i);
      points.add(new StepPoint(step.step(), step.loss(), step.gradientNorm(), step.learningRate()));
    }
    return points;
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
