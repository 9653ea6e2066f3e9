package dev.floe.sweeps.results;

import dev.floe.protocol.report.JobFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code results.csv}: a row for each job, with the keys of {@code results.json} as its header (RFC
 * 4180, but lines end with a line feed). The loss curve stays in the JSON; what is not known is
 * empty.
 */
public final class ResultsCsv {
  /** The file's name in the sweep's directory. */
  public static final String FILE = "results.csv";

  private static final List<String> FIGURES =
      List.of(
          "best_step",
          "best_validation_loss",
          "training_flops",
          "peak_memory_bytes",
          "adapter_bytes",
          "seconds_per_token",
          "frozen_seconds_per_token");

  private ResultsCsv() {}

  public static String render(SweepResults results) {
    List<String> parameters = ParameterKeys.all(results);
    List<String> metrics = ParameterKeys.metrics(results);
    StringBuilder csv = new StringBuilder(line(header(parameters, metrics)));
    results.jobs().forEach(job -> csv.append(line(row(job, parameters, metrics))));
    return csv.toString();
  }

  private static List<Object> header(List<String> parameters, List<String> metrics) {
    List<Object> header = new ArrayList<>(List.of("job"));
    header.addAll(parameters);
    header.addAll(List.of("state", "attempts", "trainable_parameters", "final_loss"));
    header.addAll(metrics);
    header.addAll(List.of("seconds", "tokens_per_second", "adapter"));
    header.addAll(FIGURES);
    return header;
  }

  private static List<Object> row(JobResult job, List<String> parameters, List<String> metrics) {
    List<Object> row = new ArrayList<>();
    row.add(job.job());
    parameters.forEach(key -> row.add(job.parameters().get(key)));
    row.add(job.state().key());
    row.add(job.attempts());
    row.add(job.trainableParameters());
    row.add(job.finalLoss());
    metrics.forEach(metric -> row.add(job.metrics().get(metric)));
    row.add(job.seconds());
    row.add(job.tokensPerSecond());
    row.add(job.adapter());
    JobFigures figures = job.figures() == null ? JobFigures.NONE : job.figures();
    row.add(figures.bestStep());
    row.add(figures.bestValidationLoss());
    row.add(figures.trainingFlops());
    row.add(figures.peakMemoryBytes());
    row.add(figures.adapterBytes());
    row.add(figures.secondsPerToken());
    row.add(figures.frozenSecondsPerToken());
    return row;
  }

  private static String line(List<Object> fields) {
    return fields.stream().map(ResultsCsv::field).collect(Collectors.joining(",", "", "\n"));
  }

  private static String field(Object value) {
    String text = value == null ? "" : value.toString();
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
