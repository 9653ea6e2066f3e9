package dev.floe.worker.config;

/**
 * Rotary position embedding (arXiv 2104.09864): pair <i>i</i> of a head turns by {@code position ·
 * inverseFrequencies[i]}.
 *
 * @param theta base of the geometric series of frequencies
 * @param scaling how frequencies are stretched for longer contexts
 */
public record Rope(double theta, Scaling scaling) {

  /**
   * The angle per position of each pair of dimensions: {@code [dimensions / 2]}.
   *
   * @param dimensions those of a head that are rotated
   * @param length tokens of the row, virtual ones counted
   */
  public float[] inverseFrequencies(int dimensions, int length) {
    double base = scaling.theta(theta, dimensions, length);
    float[] frequencies = new float[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) scaling.scale(Math.pow(base, -2.0 * i / dimensions));
    }
    return frequencies;
  }

  /** The longest row up to which frequencies do not depend on a row's length. */
  public int fixedUpTo() {
    return scaling instanceof Dynamic dynamic ? dynamic.originalContext : Integer.MAX_VALUE;
  }

  /** Positions that the backbone computes rightly when it was trained on so many. */
  int longestContext(int trained) {
    return scaling instanceof Dynamic dynamic
        ? (int) Math.min(CommonKeys.LONGEST_CONTEXT, dynamic.factor * trained)
        : trained;
  }

  /** How frequencies are changed: through their base, and one by one. */
  public sealed interface Scaling {
    /** The base that is used for a row of so many tokens. */
    default double theta(double theta, int dimensions, int length) {
      return theta;
    }

    /** The inverse frequency that is used. */
    default double scale(double inverseFrequency) {
      return inverseFrequency;
    }
  }

  /** {@code rope_type: default}: frequencies as they are. */
  public record Unscaled() implements Scaling {}

  /** {@code rope_type: linear} (arXiv 2306.15595): positions are divided by the factor. */
  public record Linear(double factor) implements Scaling {
    @Override
    public double scale(double inverseFrequency) {
      return inverseFrequency / factor;
    }
  }

  /**
   * {@code rope_type: dynamic} (NTK-aware, growing with the row): for a row of n tokens, longer
   * than the original context c, the base is {@code theta · (factor · n / c - factor + 1)^(d / (d -
   * 2))} with d rotated dimensions, so that the slowest pair turns about as far over n tokens as it
   * did over c. Each row has its own base; in transformers a batch has that of its longest row, and
   * both agree for a row alone. Rows of up to {@code factor · c} tokens are taken.
   *
   * @param originalContext positions that the backbone was trained on
   */
  public record Dynamic(double factor, int originalContext) implements Scaling {
    @Override
    public double theta(double theta, int dimensions, int length) {
      double stretch = factor * Math.max(length, originalContext) / originalContext - (factor - 1);
      return theta * Math.pow(stretch, dimensions / (dimensions - 2.0));
    }
  }

  /**
   * {@code rope_type: llama3}: wavelengths that fit {@code highFrequencyFactor} times into the
   * original context stay, those that fit less than {@code lowFrequencyFactor} times are stretched
   * by the factor, those between are blended.
   *
   * @param originalContext positions that the backbone was first trained on
   */
  public record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, double originalContext)
      implements Scaling {
    @Override
    public double scale(double inverseFrequency) {
      double turns = originalContext * inverseFrequency / (2 * Math.PI);
      double kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
      double blend = Math.min(1, Math.max(0, kept));
      return (1 - blend) * inverseFrequency / factor + blend * inverseFrequency;
    }
  }
}
