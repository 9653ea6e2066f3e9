package dev.floe.worker.inference;

/**
 * How prompts are continued.
 *
 * @param maxNewTokens longest continuation, at least 1
 * @param beams hypotheses of a beam search with length penalty 1 and without early stopping, as
 *     transformers does it; 1 for greedy decoding
 * @param ignoreEnd whether to go on to the limit, past tokens that end a text
 */
public record Decoding(int maxNewTokens, int beams, boolean ignoreEnd) {
  public Decoding {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be >= 1, got " + maxNewTokens);
    }
    if (beams < 1) {
      throw new IllegalArgumentException("beams must be >= 1, got " + beams);
    }
  }
}
