package dev.floe.protocol.job;

/**
 * The optimisation recipe: AdamW (betas 0.9 and 0.999, epsilon 1e-8), linear warm-up, then what the
 * schedule says.
 *
 * @param epochs passes over the data; used when {@code steps} is 0
 * @param steps optimizer steps; 0 when epochs say how long
 * @param batch rows per optimizer step
 * @param microBatch rows per forward and backward pass; changes memory and speed, not the result
 * @param learningRate peak rate, reached at the end of warm-up
 * @param warmupSteps steps of linear warm-up from 0; used when {@code warmupRatio} is 0
 * @param weightDecay decoupled weight decay
 * @param clip largest global gradient norm; 0 for no clipping
 * @param schedule how the rate goes on after warm-up; null for linear
 * @param warmupRatio share of all steps that are warm-up, rounded up; 0 when steps say how many
 * @param groupByLength whether rows of about the same length share a batch
 * @param selection what is done with the validation loss; null for the default
 */
public record TrainSpec(
    int epochs,
    int steps,
    int batch,
    int microBatch,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    double clip,
    Schedule schedule,
    double warmupRatio,
    boolean groupByLength,
    Selection selection) {
  public TrainSpec {
    selection = selection == null ? Selection.DEFAULT : selection;
    schedule = schedule == null ? Schedule.LINEAR : schedule;
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
    Checks.probability("train.warmup-ratio", warmupRatio);
    if (warmupSteps > 0 && warmupRatio > 0) {
      throw new IllegalArgumentException("give either train.warmup-steps or train.warmup-ratio");
    }
  }

  /** A recipe that does the usual with a validation loss. */
  public TrainSpec(
      int epochs,
      int steps,
      int batch,
      int microBatch,
      double learningRate,
      int warmupSteps,
      double weightDecay,
      double clip,
      Schedule schedule,
      double warmupRatio,
      boolean groupByLength) {
    this(
        epochs,
        steps,
        batch,
        microBatch,
        learningRate,
        warmupSteps,
        weightDecay,
        clip,
        schedule,
        warmupRatio,
        groupByLength,
        Selection.DEFAULT);
  }

  /** How the learning rate goes on after warm-up. */
  public enum Schedule {
    /** In a line to 0 at the last step. */
    LINEAR,
    /** Down half a cosine to 0 at the last step. */
    COSINE,
    /** Stays at its peak. */
    CONSTANT
  }
}
