package dev.floe.cli.bench;

import dev.floe.sweeps.results.JobResult;
import java.util.List;
import java.util.Map;

/**
 * What a sweep took.
 *
 * @param makespan wall seconds from the start of the first process to the end of the last
 * @param training seconds in optimizer steps, of all jobs
 * @param evaluation seconds of decoding the evaluation sets, of all jobs
 */
record SweepTimes(double makespan, double training, double evaluation) {
  private static final String TOKENS = ".generated_tokens";
  private static final String SPEED = ".tokens_per_second";

  /** The times of jobs that have their results. */
  static SweepTimes of(double makespan, List<JobResult> jobs) {
    return new SweepTimes(
        makespan,
        jobs.stream().mapToDouble(SweepTimes::training).sum(),
        jobs.stream().mapToDouble(job -> evaluation(job.metrics())).sum());
  }

  private static double training(JobResult job) {
    boolean known = job.figures() != null && job.figures().trainingSeconds() != null;
    return known ? job.figures().trainingSeconds() : 0;
  }

  private static double evaluation(Map<String, Double> metrics) {
    double seconds = 0;
    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      if (metric.getKey().endsWith(TOKENS) && metric.getValue() > 0) {
        String set = metric.getKey().substring(0, metric.getKey().length() - TOKENS.length());
        seconds += metric.getValue() / metrics.get(set + SPEED);
      }
    }
    return seconds;
  }
}
