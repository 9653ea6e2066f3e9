package dev.floe.protocol.report;

/**
 * Where a running attempt stands.
 *
 * @param phase what it is doing
 * @param step optimizer steps done, or rows evaluated
 * @param steps of how many
 * @param loss last optimizer step's mean loss; NaN before the first
 * @param tokensPerSecond of training so far; 0 before the first step
 */
public record Progress(Phase phase, int step, int steps, double loss, double tokensPerSecond) {

  /** What an attempt is doing. */
  public enum Phase {
    PREPARING,
    TRAINING,
    EVALUATING
  }
}
