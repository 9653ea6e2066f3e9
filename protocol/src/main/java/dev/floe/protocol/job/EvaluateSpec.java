package dev.floe.protocol.job;

/**
 * How a tuned backbone is scored: greedy decoding, then the answer is read from the text.
 *
 * @param decode the decoding method; {@code greedy} is the only one so far
 * @param maxNewTokens longest continuation in tokens
 */
public record EvaluateSpec(String decode, int maxNewTokens) {
  public EvaluateSpec {
    if (!"greedy".equals(decode)) {
      throw new IllegalArgumentException("evaluate.decode must be greedy, got " + decode);
    }
    Checks.atLeast("evaluate.max-new-tokens", maxNewTokens, 1);
  }
}
