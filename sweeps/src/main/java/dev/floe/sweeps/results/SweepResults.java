package dev.floe.sweeps.results;

import java.util.List;
import java.util.Map;

/**
 * What {@code results.json} holds. Other programs read that file: it changes only by adding.
 *
 * @param sweep the sweep's name
 * @param id the sweep's id
 * @param backbone path of the model directory
 * @param jobs in expansion order
 */
public record SweepResults(
    String sweep, String id, String backbone, Baseline baseline, List<JobResult> jobs) {
  public SweepResults {
    baseline = baseline == null ? new Baseline(Map.of()) : baseline;
    jobs = List.copyOf(jobs);
  }

  /**
   * The frozen backbone's own scores.
   *
   * @param metrics empty until it has been scored, or when the sweep has no evaluation data
   */
  public record Baseline(Map<String, Double> metrics) {
    public Baseline {
      metrics = Numbers.metrics(metrics);
    }
  }
}
