package dev.floe.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlibiTest {
  @Test
  void powerOfTwo_isOneGeometricSeries() {
    assertThat(Alibi.slopes(8))
        .containsExactly(
            0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f);
  }

  @Test
  void anyOtherCount_takesEveryOtherSlopeOfTheNextPowerOfTwo() {
    assertThat(Alibi.slopes(6))
        .containsExactly(0.25f, 0.0625f, 0.015625f, 0.00390625f, 0.5f, 0.125f);
  }

  @Test
  void oneHead_hasTheSteepestSeries() {
    assertThat(Alibi.slopes(1)).containsExactly(0.00390625f);
  }
}
