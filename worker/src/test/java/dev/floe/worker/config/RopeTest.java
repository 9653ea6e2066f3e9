package dev.floe.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RopeTest {
  /** From transformers' own llama3 initialisation, for the parameters of Llama 3.1. */
  private static final double[] LLAMA3_FREQUENCIES = {
    1.0,
    0.193922758102417,
    0.03760603070259094,
    0.00729266507551074,
    0.0005248460220173001,
    3.428102354519069e-05,
    6.647869668086059e-06,
    1.289173155782919e-06
  };

  @Test
  void unscaled_isTheGeometricSeries() {
    float[] frequencies = new Rope(10_000, new Rope.Unscaled()).inverseFrequencies(8, 1);
    assertThat(frequencies).containsExactly(new float[] {1f, 0.1f, 0.01f, 0.001f}, within(1e-9f));
  }

  @Test
  void linear_dividesByTheFactor() {
    float[] frequencies = new Rope(10_000, new Rope.Linear(4)).inverseFrequencies(4, 1);
    assertThat(frequencies).containsExactly(new float[] {0.25f, 0.0025f}, within(1e-9f));
  }

  @Test
  void llama3_keepsShortWavesBlendsAndStretchesLongOnes() {
    Rope.Llama3 scaling = new Rope.Llama3(8, 1, 4, 8192);
    float[] frequencies = new Rope(500_000, scaling).inverseFrequencies(16, 1);
    assertThat(frequencies).hasSize(LLAMA3_FREQUENCIES.length);
    for (int i = 0; i < frequencies.length; i++) {
      double expected = LLAMA3_FREQUENCIES[i];
      assertThat((double) frequencies[i]).isCloseTo(expected, within(1e-6 * expected));
    }
  }

  @Test
  void dynamic_growsItsBaseWithRowsThatAreLongerThanTheOriginalContext() {
    Rope rope = new Rope(10_000, new Rope.Dynamic(4, 12));
    float[] fresh = new Rope(10_000, new Rope.Unscaled()).inverseFrequencies(8, 1);
    assertThat(rope.inverseFrequencies(8, 1)).isEqualTo(fresh);
    assertThat(rope.inverseFrequencies(8, 12)).isEqualTo(fresh);
    assertThat(rope.inverseFrequencies(8, 14))
        .containsExactly(new float[] {1, 0.084343f, 0.0071138f, 0.0006f}, within(1e-6f));
    assertThat(rope.fixedUpTo()).isEqualTo(12);
    assertThat(rope.longestContext(12)).isEqualTo(48);
  }
}
