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
 * @param metrics such as {@code word-problems-test.accuracy}, in [0, 1]
 * @param seconds wall time of training and evaluation
 * @param tokensPerSecond training tokens (real ones, no padding) per second of training
 * @param adapter path of the adapter's directory; null when nothing was trained or kept
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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notices) {
  @JsonCreator
  public JobReport {
    losses = List.copyOf(losses);
    metrics = Map.copyOf(metrics);
    notices = notices == null ? List.of() : List.copyOf(notices);
  }

  /** A report of an attempt on which nothing went wrong. */
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
        List.of());
  }

  /** How an attempt that ran to its end ended. */
  public enum Outcome {
    DONE,
    DIVERGED
  }
}
