package dev.floe.protocol.report;

/**
 * One point of a loss curve.
 *
 * @param step optimizer step, from 1
 * @param loss that step's mean loss per labelled token; may be NaN or infinite when diverging
 */
public record LossPoint(int step, double loss) {
  public LossPoint {
    if (step < 1) {
      throw new IllegalArgumentException("step must be >= 1, got " + step);
    }
  }
}
