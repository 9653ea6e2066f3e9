package dev.floe.sweeps.results;

import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How a metric comes out per value of some parameters, over all that the other axes vary. */
final class Marginals {
  private Marginals() {}

  /**
   * The statistics of {@code metric} over the jobs that share the values of {@code keys}; groups in
   * the order in which the jobs bring them up. A parameter that a job lacks counts as a dash.
   */
  static Map<List<String>, DoubleSummaryStatistics> by(
      SweepResults results, String metric, List<String> keys) {
    Map<List<String>, DoubleSummaryStatistics> groups = new LinkedHashMap<>();
    for (JobResult job : results.jobs()) {
      Double value = job.metrics().get(metric);
      if (value != null) {
        List<String> group =
            keys.stream().map(key -> Objects.toString(job.parameters().get(key), "–")).toList();
        groups.computeIfAbsent(group, none -> new DoubleSummaryStatistics()).accept(value);
      }
    }
    return groups;
  }
}
