package dev.floe.protocol.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "2 r in, 120",
    "r (in + out) + 1, 106",
    "(r + 1) 2 in + (out), 175",
    "((r)), 3",
  })
  void formula_isASumOfProducts(String text, long expected) {
    assertThat(new Formula(text).evaluate(Map.of("r", 3L, "in", 20L, "out", 15L)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "r +", "(r", "r)", "r * in", "+ r", "()"})
  void textOfAnotherForm_isRefused(String text) {
    assertThatThrownBy(() -> new Formula(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no formula: " + text);
  }

  @Test
  void nameWithoutAValue_isRefused() {
    assertThatThrownBy(() -> new Formula("r in").evaluate(Map.of("r", 3L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the formula r in needs a value of in");
  }
}
