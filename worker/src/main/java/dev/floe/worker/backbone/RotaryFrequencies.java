package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.floe.worker.config.Rope;
import java.util.HashMap;
import java.util.Map;

/**
 * The rotary embedding's inverse frequencies, one per pair of P rotated dimensions. Rows that are
 * longer than the embedding was trained for may have others than short ones.
 *
 * @param dimensions P
 * @param ofShortRows {@code [P / 2]}
 */
record RotaryFrequencies(Rope rope, int dimensions, NDArray ofShortRows) {

  /**
   * @param owner of the frequencies of short rows
   */
  static RotaryFrequencies of(Rope rope, int dimensions, NDManager owner) {
    return new RotaryFrequencies(
        rope, dimensions, owner.create(rope.inverseFrequencies(dimensions, 1)));
  }

  /** Whether rows of so many tokens have frequencies of their own. */
  boolean dependOnLength(int longest) {
    return longest > rope.fixedUpTo();
  }

  /**
   * The frequencies of tokens whose rows differ in length.
   *
   * @param lengths per token, how many tokens its row has
   * @return {@code [N, P / 2]}
   */
  NDArray of(NDManager scope, int[] lengths) {
    int pairs = dimensions / 2;
    Map<Integer, float[]> byLength = new HashMap<>();
    float[] all = new float[lengths.length * pairs];
    for (int i = 0; i < lengths.length; i++) {
      float[] own =
          byLength.computeIfAbsent(
              lengths[i], length -> rope.inverseFrequencies(dimensions, length));
      System.arraycopy(own, 0, all, i * pairs, pairs);
    }
    return scope.create(all, new Shape(lengths.length, pairs));
  }
}
