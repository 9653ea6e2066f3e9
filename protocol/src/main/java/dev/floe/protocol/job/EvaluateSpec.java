package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;

/**
 * How a tuned backbone is scored: prompts are continued, then the answer is read from the text.
 *
 * @param decode the method, by its word in a sweep file: greedy, beam or sample
 * @param maxNewTokens longest continuation in tokens
 * @param limit how many rows of each evaluation set are used, its first ones; 0 for all
 * @param beams hypotheses of a beam search; 0 for the other methods
 * @param sampling how tokens are drawn; null for the other methods
 * @param stop texts that end a continuation, which is cut before them
 * @param ignoreEos whether to go on to the limit, past tokens that end a text
 */
public record EvaluateSpec(
    String decode,
    int maxNewTokens,
    @JsonInclude(Include.NON_DEFAULT) int limit,
    @JsonInclude(Include.NON_DEFAULT) int beams,
    @JsonInclude(Include.NON_NULL) Sampling sampling,
    @JsonInclude(Include.NON_EMPTY) List<String> stop,
    @JsonInclude(Include.NON_DEFAULT) boolean ignoreEos) {
  public static final String GREEDY = "greedy";
  public static final String BEAM = "beam";
  public static final String SAMPLE = "sample";

  public EvaluateSpec {
    stop = stop == null ? List.of() : List.copyOf(stop);
    if (!List.of(GREEDY, BEAM, SAMPLE).contains(decode)) {
      throw new IllegalArgumentException(
          "evaluate.decode must be greedy, beam or sample, got " + decode);
    }
    Checks.atLeast("evaluate.max-new-tokens", maxNewTokens, 1);
    Checks.atLeast("evaluate.limit", limit, 0);
    if (decode.equals(BEAM)) {
      Checks.atLeast("evaluate.beams", beams, 2);
    } else if (beams != 0) {
      throw new IllegalArgumentException("evaluate.beams needs decode beam, got " + decode);
    }
    if (decode.equals(SAMPLE) == (sampling == null)) {
      throw new IllegalArgumentException(
          "decode sample needs its settings, and no other method has them");
    }
    stop.forEach(text -> Checks.notEmpty("evaluate.stop", text));
  }

  /** Greedy decoding of the first rows. */
  public static EvaluateSpec greedy(int maxNewTokens, int limit) {
    return new EvaluateSpec(GREEDY, maxNewTokens, limit, 0, null, List.of(), false);
  }

  /** Scoring on all rows, by greedy decoding. */
  public EvaluateSpec(String decode, int maxNewTokens) {
    this(decode, maxNewTokens, 0, 0, null, List.of(), false);
  }
}
