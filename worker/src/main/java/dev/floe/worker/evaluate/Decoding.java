package dev.floe.worker.evaluate;

import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Sampling;
import java.util.List;

/**
 * How prompts are continued.
 *
 * @param maxNewTokens longest continuation, at least 1
 * @param beams hypotheses of a beam search with length penalty 1 and without early stopping, as
 *     transformers does it; 1 for one token after the other
 * @param sampling how tokens are drawn; null for the most likely one
 * @param stop texts that end a continuation, which is cut before them; in a beam search they cut
 *     the best hypothesis, which ends none earlier
 * @param ignoreEnd whether to go on to the limit, past tokens that end a text
 */
public record Decoding(
    int maxNewTokens, int beams, Sampling sampling, List<String> stop, boolean ignoreEnd) {
  public Decoding {
    stop = List.copyOf(stop);
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be >= 1, got " + maxNewTokens);
    }
    if (beams < 1) {
      throw new IllegalArgumentException("beams must be >= 1, got " + beams);
    }
    if (beams > 1 && sampling != null) {
      throw new IllegalArgumentException("a beam search draws nothing: give beams or sampling");
    }
    if (stop.contains("")) {
      throw new IllegalArgumentException("a text to stop at must not be empty");
    }
  }

  /** The most likely tokens, up to one that ends a text. */
  public static Decoding greedy(int maxNewTokens) {
    return new Decoding(maxNewTokens, 1, null, List.of(), false);
  }

  /** What a job asks for. */
  public static Decoding of(EvaluateSpec spec) {
    return new Decoding(
        spec.maxNewTokens(),
        Math.max(1, spec.beams()),
        spec.sampling(),
        spec.stop(),
        spec.ignoreEos());
  }
}
