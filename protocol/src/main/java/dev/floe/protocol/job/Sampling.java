package dev.floe.protocol.job;

/**
 * How tokens are drawn instead of taking the most likely one: the distribution is sharpened or
 * flattened by the temperature, then cut to the most likely tokens. What is drawn is a function of
 * the seed, the row and the position in it.
 *
 * @param temperature what logits are divided by
 * @param topK the most likely tokens that are left; 0 for all
 * @param topP the share of the probability that the most likely tokens left must come to, in (0, 1]
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
  /** All tokens are left. */
  public static final int ALL_TOKENS = 0;

  public Sampling {
    Checks.positive("evaluate.temperature", temperature);
    Checks.atLeast("evaluate.top-k", topK, 0);
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("evaluate.top-p must be in (0, 1], got " + topP);
    }
  }
}
