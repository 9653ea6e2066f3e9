package dev.floe.worker.train;

/**
 * When training counts as diverged: the loss is not a number, or it is four times what guessing
 * every word with the same probability costs.
 *
 * @param vocabulary words of the backbone
 */
record DivergenceRule(int vocabulary) {
  private static final double TIMES_A_GUESS = 4;

  boolean met(double loss) {
    return !Double.isFinite(loss) || loss > TIMES_A_GUESS * Math.log(vocabulary);
  }
}
