package dev.floe.cli.progress;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The words in which both displays speak of a sweep and its jobs. */
final class JobLines {
  private JobLines() {}

  /** Such as {@code 5/12 jobs, 1 diverged, 3 min 20 s left}. */
  static String summary(SweepView view, Optional<Duration> left) {
    List<String> parts = new ArrayList<>();
    long ended = view.ended();
    parts.add(ended + "/" + view.jobs().size() + " jobs");
    for (JobState state : JobState.values()) {
      long count = state.ended() && state != JobState.DONE ? view.count(state) : 0;
      if (count > 0) {
        parts.add(count + " " + state.key());
      }
    }
    left.filter(time -> ended < view.jobs().size())
        .ifPresent(time -> parts.add(TimeLeft.text(time) + " left"));
    return String.join(", ", parts);
  }

  /** Such as {@code job 3 (lora, mlp, rank 16, seed 0)}. */
  static String name(JobView job) {
    if (job.baseline()) {
      return "frozen backbone";
    }
    return job.parameters().entrySet().stream()
        .map(JobLines::parameter)
        .collect(Collectors.joining(", ", "job " + job.index() + " (", ")"));
  }

  private static String parameter(Map.Entry<String, Object> parameter) {
    String name = parameter.getKey().substring(parameter.getKey().lastIndexOf('.') + 1);
    boolean obvious = name.equals("type") || name.equals("placement");
    return obvious ? parameter.getValue().toString() : name + " " + parameter.getValue();
  }

  /** Such as {@code training 120/360, loss 0.4312, 4,012 tok/s}. */
  static String progress(JobView job) {
    Progress progress = job.progress();
    if (progress == null) {
      return "starting";
    }
    List<String> parts = new ArrayList<>();
    String phase = progress.phase().name().toLowerCase(Locale.ROOT);
    boolean counted = progress.steps() > 0;
    parts.add(counted ? phase + " " + progress.step() + "/" + progress.steps() : phase);
    if (!Double.isNaN(progress.loss())) {
      parts.add(String.format(Locale.ROOT, "loss %.4f", progress.loss()));
    }
    if (progress.tokensPerSecond() > 0) {
      parts.add(String.format(Locale.ROOT, "%,.0f tok/s", progress.tokensPerSecond()));
    }
    return String.join(", ", parts);
  }

  /** What came of a job that ended: {@code done, loss 0.4312, test 63.0 %, 12.3 s}. */
  static String outcome(JobView job) {
    List<String> parts = new ArrayList<>(List.of(job.state().key()));
    if (job.report() != null) {
      if (!Double.isNaN(job.latestLoss())) {
        parts.add(String.format(Locale.ROOT, "loss %.4f", job.latestLoss()));
      }
      job.report().metrics().entrySet().stream()
          .filter(metric -> metric.getKey().endsWith(".accuracy"))
          .sorted(Map.Entry.comparingByKey())
          .forEach(metric -> parts.add(accuracy(metric.getKey(), metric.getValue())));
      parts.add(String.format(Locale.ROOT, "%,.1f s", job.report().seconds()));
    } else if (job.failure() != null) {
      parts.add(job.failure().message().replaceAll("\\s+", " "));
    }
    return String.join(", ", parts);
  }

  private static String accuracy(String metric, double value) {
    String dataset = metric.substring(0, metric.lastIndexOf('.'));
    return String.format(Locale.ROOT, "%s %.1f %%", dataset, value * 100);
  }
}
