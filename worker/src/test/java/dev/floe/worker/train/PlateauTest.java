package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.report.ValidationPoint;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlateauTest {

  @Test
  void reached_afterPatienceValidationsWithoutImprovement() {
    Plateau plateau = new Plateau(2, 0);
    assertThat(plateau.reached(curve(3, 2, 2.5))).isFalse();
    assertThat(plateau.reached(curve(3, 2, 2.5, 1.9))).isFalse();
    assertThat(plateau.reached(curve(3, 2, 2.5, 2))).isTrue();
  }

  @Test
  void reached_bySmallSteps_waitsUntilTheyAddUp() {
    Plateau plateau = new Plateau(2, 0.1);
    assertThat(plateau.reached(curve(2, 1.95, 1.85))).isFalse();
    assertThat(plateau.reached(curve(2, 1.95, 1.92))).isTrue();
  }

  @Test
  void reached_withoutPatience_isNever() {
    assertThat(new Plateau(0, 0).reached(curve(1, 2, 3, 4, 5))).isFalse();
  }

  @Test
  void reached_lossIsNotANumber_isNoImprovement() {
    assertThat(new Plateau(1, 0).reached(curve(1, Double.NaN))).isTrue();
  }

  private static List<ValidationPoint> curve(double... losses) {
    return Arrays.stream(losses).mapToObj(loss -> new ValidationPoint(1, loss)).toList();
  }
}
