package dev.floe.worker.train;

import dev.floe.protocol.job.Selection;
import dev.floe.protocol.report.ValidationPoint;
import java.util.List;

/**
 * When training stops early: the validation loss has failed so many times in a row to fall below
 * the lowest one before it. A fall by no more than the least improvement does not count, and does
 * not move the mark either, so that a slow drift adds up.
 *
 * @param patience validations without improvement; 0 to never stop
 * @param minDelta least improvement
 */
record Plateau(int patience, double minDelta) {

  static Plateau of(Selection selection) {
    return new Plateau(selection.patience(), selection.minDelta());
  }

  /** A function of the whole curve: whoever goes on with a curve comes to the same decision. */
  boolean reached(List<ValidationPoint> curve) {
    double mark = Double.POSITIVE_INFINITY;
    int waited = 0;
    for (ValidationPoint point : curve) {
      if (point.loss() < mark - minDelta) {
        mark = point.loss();
        waited = 0;
      } else {
        waited++;
      }
    }
    return patience > 0 && waited >= patience;
  }
}
