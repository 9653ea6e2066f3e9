package dev.floe.coordinator.view;

import dev.floe.protocol.report.LossPoint;
import java.util.ArrayList;
import java.util.List;

/** How pieces of a loss curve are joined: steps rise, and a step told twice counts once. */
final class LossCurve {
  private LossCurve() {}

  /** The curve with those of {@code more} that lie beyond its end. */
  static List<LossPoint> append(List<LossPoint> curve, List<LossPoint> more) {
    List<LossPoint> joined = new ArrayList<>(curve);
    for (LossPoint point : more) {
      if (joined.isEmpty() || point.step() > joined.get(joined.size() - 1).step()) {
        joined.add(point);
      }
    }
    return joined;
  }
}
