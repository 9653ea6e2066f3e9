package dev.floe.worker.config;

/**
 * Attention with linear biases (arXiv 2108.12409): a score falls by {@code slope · distance}, with
 * one slope per head.
 */
public final class Alibi {
  private Alibi() {}

  /**
   * The slopes of {@code heads} heads: for a power of two the geometric series from {@code
   * 2^(-8/heads)} with that ratio. Otherwise the series of the next smaller power of two, and then
   * every other slope of the next larger one's.
   */
  public static float[] slopes(int heads) {
    int whole = Integer.highestOneBit(heads);
    float[] slopes = new float[heads];
    for (int head = 0; head < heads; head++) {
      slopes[head] =
          head < whole ? slope(whole, head + 1) : slope(2 * whole, 2 * (head - whole) + 1);
    }
    return slopes;
  }

  private static float slope(int powerOfTwo, int place) {
    return (float) Math.pow(2, -8.0 * place / powerOfTwo);
  }
}
