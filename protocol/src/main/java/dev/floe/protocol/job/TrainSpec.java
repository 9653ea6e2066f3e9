package dev.floe.protocol.job;

/**
 * The optimisation recipe: AdamW (betas 0.9 and 0.999, epsilon 1e-8), linear warm-up, then linear
 * decay to zero.
 *
 * @param epochs passes over the data; used when {@code steps} is 0
 * @param steps optimizer steps; 0 when epochs say how long
 * @param batch rows per optimizer step
 * @param microBatch rows per forward and backward pass; changes memory and speed, not the result
 * @param learningRate peak rate, reached at the end of warm-up
 * @param warmupSteps steps of linear warm-up from 0
 * @param weightDecay decoupled weight decay
 * @param clip largest global gradient norm; 0 for no clipping
 */
public record TrainSpec(
    int epochs,
    int steps,
    int batch,
    int microBatch,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    double clip) {
  public TrainSpec {
    Checks.atLeast("train.epochs", epochs, 0);
    Checks.atLeast("train.steps", steps, 0);
    if (epochs == 0 && steps == 0) {
      throw new IllegalArgumentException("train.epochs or train.steps must be >= 1");
    }
    Checks.atLeast("train.batch", batch, 1);
    Checks.atLeast("train.micro-batch", microBatch, 1);
    if (microBatch > batch) {
      throw new IllegalArgumentException(
          "train.micro-batch must be at most train.batch " + batch + ", got " + microBatch);
    }
    Checks.positive("train.learning-rate", learningRate);
    Checks.atLeast("train.warmup-steps", warmupSteps, 0);
    Checks.notNegative("train.weight-decay", weightDecay);
    Checks.notNegative("train.clip", clip);
  }
}
