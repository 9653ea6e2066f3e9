package dev.floe.worker.node;

import dev.floe.protocol.report.Progress;
import java.time.Duration;

/**
 * How long a device may go without progress before what it runs counts as hung.
 *
 * @param medians a step may take so many times the median of the last ones
 * @param floor but at least this long is allowed
 * @param cap and at most this; also for the first step, whose usual time is not known
 * @param preparing allowed for loading a backbone and data
 * @param evaluating allowed between two batches of an evaluation
 */
public record StallRule(
    double medians, Duration floor, Duration cap, Duration preparing, Duration evaluating) {
  public static final StallRule DEFAULT =
      new StallRule(
          20,
          Duration.ofMinutes(1),
          Duration.ofMinutes(30),
          Duration.ofMinutes(30),
          Duration.ofMinutes(30));

  public StallRule {
    if (!(medians >= 1)) {
      throw new IllegalArgumentException("medians must be >= 1, got " + medians);
    }
    if (floor.compareTo(cap) > 0) {
      throw new IllegalArgumentException("floor " + floor + " must be at most cap " + cap);
    }
  }

  /**
   * What is allowed in a phase.
   *
   * @param median of recent steps; null when there are none yet
   */
  Duration allowed(Progress.Phase phase, Duration median) {
    return switch (phase) {
      case PREPARING -> preparing;
      case EVALUATING -> evaluating;
      case TRAINING -> median == null ? cap : training(median);
    };
  }

  private Duration training(Duration median) {
    double nanos = median.toNanos() * medians;
    if (nanos >= cap.toNanos()) {
      return cap;
    }
    return nanos <= floor.toNanos() ? floor : Duration.ofNanos((long) nanos);
  }
}
