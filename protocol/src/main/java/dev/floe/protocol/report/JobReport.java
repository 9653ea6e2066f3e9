package dev.floe.protocol.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What came of one attempt that ran to its end.
 *
 * @param outcome done, or diverged: a result with its curve, not an error
 * @param losses mean loss per labelled token of each optimizer step, in order
 * @param metrics such as {@code word-problems-test.accuracy}, in [0, 1]; per evaluation set also
 *     {@code .generated_tokens}, {@code .tokens_per_second} and, where prompts were too long,
 *     {@code .truncated_prompts}; {@code train.rows_cut_off} and {@code train.rows_left_out} where
 *     the cutoff took labels
 * @param seconds wall time of training and evaluation
 * @param tokensPerSecond training tokens (real ones, no padding) per second of training
 * @param adapter path of the adapter's directory; null when nothing was trained or kept
 * @param figures what it cost; null when nothing is known, as in what earlier versions stored
 * @param notices what went wrong on the way and was got over, one line each
 */
public record JobReport(
    Outcome outcome,
    long trainableParameters,
    List<Double> losses,
    Map<String, Double> metrics,
    double seconds,
    double tokensPerSecond,
    String adapter,
    @JsonInclude(JsonInclude.Include.NON_NULL) JobFigures figures,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notices) {
  @JsonCreator
  public JobReport {
    losses = List.copyOf(losses);
    metrics = Map.copyOf(metrics);
    notices = notices == null ? List.of() : List.copyOf(notices);
  }

  /** A report without figures, of an attempt on which nothing went wrong. */
  public JobReport(
      Outcome outcome,
      long trainableParameters,
      List<Double> losses,
      Map<String, Double> metrics,
      double seconds,
      double tokensPerSecond,
      String adapter) {
    this(
        outcome,
        trainableParameters,
        losses,
        metrics,
        seconds,
        tokensPerSecond,
        adapter,
        null,
        List.of());
  }

  /** How an attempt that ran to its end ended. */
  public enum Outcome {
    DONE,
    DIVERGED
  }
}
