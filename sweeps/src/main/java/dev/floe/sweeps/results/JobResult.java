package dev.floe.sweeps.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job's entry in {@code results.json}. What is not known yet is null, or empty for a list or a
 * map. A number that is not finite is null in the file; in a loss curve it reads back as NaN.
 *
 * @param job index in the expansion, from 0
 * @param parameters as {@code Expansion.parameters} gives them
 * @param attempts how often the job was started
 * @param finalLoss loss of the last optimizer step
 * @param losses mean loss per labelled token of each optimizer step
 * @param metrics such as {@code word-problems-test.accuracy}, in [0, 1], sorted by name
 * @param adapter the adapter's directory
 * @param failure why the job has no result, one line; the key is left out of the file when null
 * @param failureKind such as {@code out-of-memory}; left out when null
 * @param notices what went wrong on the way to the result; left out when there are none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record JobResult(
    int job,
    Map<String, Object> parameters,
    JobState state,
    int attempts,
    Long trainableParameters,
    Double finalLoss,
    List<Double> losses,
    Map<String, Double> metrics,
    Double seconds,
    Double tokensPerSecond,
    String adapter,
    @JsonInclude(JsonInclude.Include.NON_NULL) String failure,
    @JsonInclude(JsonInclude.Include.NON_NULL) String failureKind,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notices) {
  public JobResult {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    finalLoss = Numbers.finiteOrNull(finalLoss);
    losses = Numbers.curve(losses);
    metrics = Numbers.metrics(metrics);
    seconds = Numbers.finiteOrNull(seconds);
    tokensPerSecond = Numbers.finiteOrNull(tokensPerSecond);
    notices = notices == null ? List.of() : List.copyOf(notices);
  }

  /** A job that no attempt has ended yet. */
  public static JobResult unfinished(
      int job, Map<String, Object> parameters, JobState state, int attempts) {
    return failed(job, parameters, state, attempts, null);
  }

  /**
   * A job that ended, or stands, without a report.
   *
   * @param failure why; may be null
   */
  public static JobResult failed(
      int job, Map<String, Object> parameters, JobState state, int attempts, JobFailure failure) {
    return new JobResult(
        job,
        parameters,
        state,
        attempts,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        failure == null ? null : failure.message(),
        failure == null ? null : failure.kind().key(),
        null);
  }

  /** A job whose last attempt ran to its end: done or diverged. */
  public static JobResult reported(
      int job, Map<String, Object> parameters, int attempts, JobReport report) {
    List<Double> losses = report.losses();
    return new JobResult(
        job,
        parameters,
        report.outcome() == JobReport.Outcome.DONE ? JobState.DONE : JobState.DIVERGED,
        attempts,
        report.trainableParameters(),
        losses.isEmpty() ? null : losses.get(losses.size() - 1),
        losses,
        report.metrics(),
        report.seconds(),
        report.tokensPerSecond(),
        report.adapter(),
        null,
        null,
        report.notices());
  }
}
