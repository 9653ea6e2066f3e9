package dev.floe.worker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.report.Progress.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StallRuleTest {
  private static final StallRule RULE =
      new StallRule(
          10,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(100),
          Duration.ofSeconds(200));

  @ParameterizedTest
  @CsvSource({"1,5000", "500,5000", "1000,10000", "6000,60000", "900000,60000"})
  void training_isAllowedAMultipleOfTheMedianWithinItsBounds(long median, long allowed) {
    assertThat(RULE.allowed(Phase.TRAINING, Duration.ofMillis(median)).toMillis())
        .isEqualTo(allowed);
  }

  @Test
  void firstStep_isAllowedTheCap() {
    assertThat(RULE.allowed(Phase.TRAINING, null)).isEqualTo(RULE.cap());
  }

  @Test
  void otherPhases_haveTheirOwn() {
    assertThat(RULE.allowed(Phase.PREPARING, null)).isEqualTo(RULE.preparing());
    assertThat(RULE.allowed(Phase.EVALUATING, Duration.ofMillis(1))).isEqualTo(RULE.evaluating());
  }
}
