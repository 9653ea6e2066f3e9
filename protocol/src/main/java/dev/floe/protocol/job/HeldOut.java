package dev.floe.protocol.job;

/**
 * The rows that a job is validated on and never trained on. One of the three is given.
 *
 * @param file absolute path of a file of their own; null to take them from the training rows
 * @param rows how many of the training rows, drawn by the job's seed; 0 when {@code fraction} says
 * @param fraction share of the training rows, in [0, 1), rounded up to whole rows
 */
public record HeldOut(String file, int rows, double fraction) {
  public HeldOut {
    Checks.atLeast("data.validation.rows", rows, 0);
    Checks.probability("data.validation.fraction", fraction);
    if ((file == null ? 0 : 1) + (rows > 0 ? 1 : 0) + (fraction > 0 ? 1 : 0) != 1) {
      throw new IllegalArgumentException("give one of data.validation.file, rows and fraction");
    }
  }
}
