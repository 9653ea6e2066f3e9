package dev.floe.sweeps.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What rows lost to the cutoff and to the backbone's context, told in words. */
public final class Truncation {
  private static final String CUT_OFF = "train.rows_cut_off";
  private static final String LEFT_OUT = "train.rows_left_out";
  private static final String PROMPTS = ".truncated_prompts";

  private Truncation() {}

  /**
   * One sentence for each kind of loss; none when nothing was lost. Jobs may differ, as virtual
   * tokens take room too: the most that any of them lost is told.
   */
  public static List<String> sentences(SweepResults results) {
    return sentences(
        Stream.concat(
                Stream.of(results.baseline().metrics()),
                results.jobs().stream().map(JobResult::metrics))
            .toList());
  }

  /** The sentences about one job. */
  public static List<String> ofJob(Map<String, Double> metrics) {
    return sentences(List.of(metrics));
  }

  private static List<String> sentences(List<Map<String, Double>> all) {
    Map<String, Long> most = new TreeMap<>();
    for (Map<String, Double> metrics : all) {
      metrics.forEach(
          (name, value) -> {
            if (isCount(name) && value != null) {
              most.merge(name, Math.round(value), Math::max);
            }
          });
    }
    List<String> sentences = new ArrayList<>();
    most.forEach((name, count) -> sentences.add(sentence(name, count)));
    return sentences;
  }

  private static boolean isCount(String metric) {
    return metric.equals(CUT_OFF) || metric.equals(LEFT_OUT) || metric.endsWith(PROMPTS);
  }

  private static String sentence(String metric, long count) {
    return switch (metric) {
      case CUT_OFF -> "training rows that lost labelled tokens to data.cutoff: " + count;
      case LEFT_OUT -> "training rows left out, as no label is left within data.cutoff: " + count;
      default ->
          "prompts of %s whose beginning was left out, as the context has no room for it: %d"
              .formatted(metric.substring(0, metric.length() - PROMPTS.length()), count);
    };
  }
}
