package dev.floe.worker.config;

/**
 * Rotary position embedding (arXiv 2104.09864): pair <i>i</i> of a head turns by {@code position ·
 * inverseFrequencies[i]}.
 *
 * @param theta base of the geometric series of frequencies
 * @param scaling how frequencies are stretched for longer contexts
 */
public record Rope(double theta, Scaling scaling) {

  /** The angle per position of each pair of dimensions: [headDimension / 2]. */
  public float[] inverseFrequencies(int headDimension) {
    float[] frequencies = new float[headDimension / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) scaling.scale(Math.pow(theta, -2.0 * i / headDimension));
    }
    return frequencies;
  }

  /** Maps an inverse frequency to the one that is used. */
  public sealed interface Scaling {
    double scale(double inverseFrequency);
  }

  /** {@code rope_type: default}: frequencies as they are. */
  public record Unscaled() implements Scaling {
    @Override
    public double scale(double inverseFrequency) {
      return inverseFrequency;
    }
  }

  /** {@code rope_type: linear} (arXiv 2306.15595): positions are divided by the factor. */
  public record Linear(double factor) implements Scaling {
    @Override
    public double scale(double inverseFrequency) {
      return inverseFrequency / factor;
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
