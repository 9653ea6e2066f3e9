package dev.floe.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenChoiceTest {

  @Test
  void draws_differByEachOfSeedRowAndPosition() {
    double draw = TokenChoice.draw(1, 2, 3);
    assertThat(TokenChoice.draw(1, 2, 3)).isEqualTo(draw);
    assertThat(TokenChoice.draw(2, 2, 3)).isNotEqualTo(draw);
    assertThat(TokenChoice.draw(1, 3, 2)).isNotEqualTo(draw);
    assertThat(TokenChoice.draw(1, 2, 4)).isNotEqualTo(draw);
  }

  @Test
  void draws_areSpreadEvenly() {
    int[] tenths = new int[10];
    for (int row = 0; row < 100; row++) {
      for (int position = 0; position < 100; position++) {
        double draw = TokenChoice.draw(0, row, position);
        assertThat(draw).isBetween(0.0, Math.nextDown(1.0));
        tenths[(int) (draw * 10)]++;
      }
    }
    for (int count : tenths) {
      assertThat(count).isBetween(850, 1_150);
    }
  }
}
