package dev.floe.worker.train;

import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;

/**
 * Linear warm-up from 0 to the peak rate, then linear decay to 0 at the last step, half a cosine to
 * 0, or no decay, as transformers' {@code get_linear_schedule_with_warmup}, {@code
 * get_cosine_schedule_with_warmup} and {@code get_constant_schedule_with_warmup} have it: the first
 * step's rate is 0 when there is warm-up.
 *
 * @param steps optimizer steps in all
 */
public record RateSchedule(Schedule kind, double peak, int warmup, int steps) {

  /** The schedule of a recipe; a warm-up ratio is rounded up to whole steps. */
  public static RateSchedule of(TrainSpec train, int steps) {
    int warmup =
        train.warmupRatio() > 0
            ? (int) Math.ceil(train.warmupRatio() * steps)
            : train.warmupSteps();
    return new RateSchedule(train.schedule(), train.learningRate(), warmup, steps);
  }

  /** The rate of a step, counted from 0. */
  public double rate(int step) {
    if (step < warmup) {
      return peak * step / Math.max(1, warmup);
    }
    return switch (kind) {
      case LINEAR -> peak * Math.max(0, steps - step) / Math.max(1, steps - warmup);
      case COSINE -> peak * (1 + Math.cos(Math.PI * decayed(step))) / 2;
      case CONSTANT -> peak;
    };
  }

  /** How much of the time after warm-up is over, from 0 to 1. */
  private double decayed(int step) {
    return Math.min(1, (step - warmup) / (double) Math.max(1, steps - warmup));
  }
}
