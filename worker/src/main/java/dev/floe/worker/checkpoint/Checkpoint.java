package dev.floe.worker.checkpoint;

import dev.floe.protocol.report.ValidationPoint;
import dev.floe.worker.safetensors.TensorData;
import java.util.List;

/**
 * Everything an attempt needs to go on as if it had not been interrupted. Row order and random
 * numbers are functions of the seed and the step, so the step is all there is to them.
 *
 * @param step optimizer steps done
 * @param losses of those steps
 * @param gradientNorms of those steps, before clipping
 * @param tensors parameters, then {@code mean.} and {@code square.} moments
 * @param seconds spent training so far
 * @param tokens trained on so far
 * @param validation every validation so far; tensors then has the {@code best.} parameters too
 */
public record Checkpoint(
    int step,
    List<Double> losses,
    List<Double> gradientNorms,
    List<TensorData> tensors,
    double seconds,
    long tokens,
    List<ValidationPoint> validation) {

  /** A checkpoint of a job without validation. */
  public Checkpoint(
      int step,
      List<Double> losses,
      List<Double> gradientNorms,
      List<TensorData> tensors,
      double seconds,
      long tokens) {
    this(step, losses, gradientNorms, tensors, seconds, tokens, List.of());
  }
}
