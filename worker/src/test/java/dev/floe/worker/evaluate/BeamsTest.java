package dev.floe.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two beams over a vocabulary of ten, where token 9 ends a hypothesis. */
class BeamsTest {
  private static final int VOCABULARY = 10;
  private static final int END = 9;

  private static Beams beams(double lengthPenalty, int maxNewTokens) {
    return new Beams(new Beams.Rules(2, lengthPenalty, maxNewTokens, Set.of(END)));
  }

  private static long at(int beam, int token) {
    return (long) beam * VOCABULARY + token;
  }

  private static void advance(Beams beams, float[] scores, long... places) {
    beams.advance(scores, places, VOCABULARY);
  }

  @Test
  void bestContinuations_goOnWithTheirParents() {
    Beams beams = beams(1, 8);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, 3), at(0, 4), at(0, 5), at(0, 6));
    advance(beams, new float[] {-1.5f, -2, -3, -4}, at(1, 7), at(1, 8), at(0, 1), at(0, 2));
    assertThat(beams.parents()).containsExactly(1, 1);
    assertThat(beams.lastTokens()).containsExactly(7, 8);
    assertThat(beams.scores()).containsExactly(-1.5f, -2);
    assertThat(beams.best()).containsExactly(4, 7);
  }

  @Test
  void endOutsideTheBest_isForgotten() {
    Beams beams = beams(1, 8);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, 3), at(0, 4), at(0, END), at(0, 6));
    assertThat(beams.lastTokens()).containsExactly(3, 4);
    assertThat(beams.done()).isFalse();
    assertThat(beams.best()).containsExactly(3);
  }

  @Test
  void endAmongTheBest_isKeptWithoutTheEndTokenAndItsPlaceIsTaken() {
    Beams beams = beams(1, 8);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, 3), at(0, 4), at(0, 5), at(0, 6));
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, END), at(1, 5), at(0, 6), at(0, 7));
    assertThat(beams.lastTokens()).containsExactly(5, 6);
    assertThat(beams.parents()).containsExactly(1, 0);
    assertThat(beams.best()).containsExactly(3);
  }

  @Test
  void asManyEndedAsBeams_andNoneThatCouldGetAmongThem_isTheEnd() {
    Beams beams = beams(0, 8);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, END), at(0, 4), at(0, 5), at(0, 6));
    assertThat(beams.done()).isFalse();
    advance(beams, new float[] {-2.5f, -3, -3.5f, -4}, at(0, END), at(1, 5), at(0, 6), at(0, 7));
    assertThat(beams.done()).isTrue();
    assertThat(beams.best()).isEmpty();
  }

  @Test
  void lengthPenalty_prefersTheLongerHypothesis() {
    Beams beams = beams(2, 8);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, END), at(0, 4), at(0, 5), at(0, 6));
    advance(beams, new float[] {-2.5f, -3, -3.5f, -4}, at(0, END), at(1, 5), at(0, 6), at(0, 7));
    // -2.5 / 2² is more than -1 / 1²
    assertThat(beams.best()).containsExactly(4);
    assertThat(beams.done()).isFalse();
  }

  @Test
  void limit_endsEveryHypothesis() {
    Beams beams = beams(1, 2);
    advance(beams, new float[] {-1, -2, -3, -4}, at(0, 3), at(0, 4), at(0, 5), at(0, 6));
    advance(beams, new float[] {-2, -3, -4, -5}, at(1, 5), at(0, 6), at(0, 7), at(1, 8));
    assertThat(beams.done()).isTrue();
    assertThat(beams.size()).isZero();
    assertThat(beams.best()).containsExactly(4, 5);
  }
}
