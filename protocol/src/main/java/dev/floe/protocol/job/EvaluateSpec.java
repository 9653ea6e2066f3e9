package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How a tuned backbone is scored: greedy decoding, then the answer is read from the text.
 *
 * @param decode the decoding method; {@code greedy} is the only one so far
 * @param maxNewTokens longest continuation in tokens
 * @param limit how many rows of each evaluation set are used, its first ones; 0 for all
 */
public record EvaluateSpec(
    String decode, int maxNewTokens, @JsonInclude(JsonInclude.Include.NON_DEFAULT) int limit) {
  public EvaluateSpec {
    if (!"greedy".equals(decode)) {
      throw new IllegalArgumentException("evaluate.decode must be greedy, got " + decode);
    }
    Checks.atLeast("evaluate.max-new-tokens", maxNewTokens, 1);
    Checks.atLeast("evaluate.limit", limit, 0);
  }

  /** Scoring on all rows. */
  public EvaluateSpec(String decode, int maxNewTokens) {
    this(decode, maxNewTokens, 0);
  }
}
