package dev.floe.worker.train;

/**
 * Linear warm-up from 0 to the peak rate, then linear decay to 0 at the last step, as transformers'
 * {@code get_linear_schedule_with_warmup} has it: the first step's rate is 0 when there is warm-up.
 *
 * @param steps optimizer steps in all
 */
public record LinearSchedule(double peak, int warmup, int steps) {

  /** The rate of a step, counted from 0. */
  public double rate(int step) {
    if (step < warmup) {
      return peak * step / Math.max(1, warmup);
    }
    return peak * Math.max(0, steps - step) / Math.max(1, steps - warmup);
  }
}
