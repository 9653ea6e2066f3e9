package dev.floe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final List<String> turns = new ArrayList<>();

  @Test
  void contenders_takeTurns_andWarmUpDoesNotCount() throws Exception {
    Comparison comparison =
        Comparison.run("tokens/s", List.of(fixed("a", 9, 2, 4), fixed("b", 1, 4, 8)), 1, 2);
    assertThat(turns).containsExactly("a", "b", "a", "b", "a", "b");
    JsonNode json = JsonMapper.builder().build().readTree(comparison.json());
    assertThat(json.at("/contenders/0/rounds").toString()).isEqualTo("[2.0,4.0]");
    assertThat(json.at("/contenders/1/median").asDouble()).isEqualTo(6);
  }

  @Test
  void ratio_isTheMedianOfTheRatiosWithinRounds() {
    Comparison comparison = Comparison.empty("tokens/s");
    // a machine that slows down to a tenth in the second round
    for (double speed : new double[] {1000, 100, 1000}) {
      comparison.add("first", speed);
      comparison.add("second", 2 * speed);
    }
    assertThat(comparison.ratio("second")).isEqualTo(2);
    assertThat(comparison.table()).contains("second").contains("2.00").contains("2,000");
  }

  @Test
  void command_tellsItsSpeedOnItsLastLine() throws Exception {
    String script = "echo loading; echo '{\"tokens_per_s\": 1234}'";
    assertThat(new CommandContender("peer", script).round()).isEqualTo(1234);
  }

  @Test
  void commandThatFailsOrSaysNothing_isTold() {
    assertThatThrownBy(() -> new CommandContender("peer", "exit 3").round())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exited with 3");
    assertThatThrownBy(() -> new CommandContender("peer", "echo done").round())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tokens_per_s");
  }

  private Contender fixed(String name, double... speeds) {
    return new Contender() {
      private int round;

      @Override
      public String name() {
        return name;
      }

      @Override
      public double round() {
        turns.add(name);
        return speeds[round++];
      }
    };
  }
}
