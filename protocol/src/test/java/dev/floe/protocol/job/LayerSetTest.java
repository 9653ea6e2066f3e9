package dev.floe.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerSetTest {
  @ParameterizedTest
  @CsvSource({
    "3, 3",
    "2..5, 2 3 4 5",
    "'4,0,4', 0 4",
    "first-half, 0 1 2 3",
    "last-half, 3 4 5 6",
    "first-third, 0 1 2",
    "last-third, 4 5 6",
    "last-quarter, 5 6",
    "every-1st, 0 1 2 3 4 5 6",
    "every-2nd, 0 2 4 6",
    "every-3rd, 0 3 6"
  })
  void text_meansLayersOfSeven(String text, String layers) {
    assertThat(
            new LayerSet(text).in(7).stream().map(String::valueOf).collect(Collectors.joining(" ")))
        .isEqualTo(layers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "5..2", "-1", "first-fifth", "every-0th", "every-2", "1,,2"})
  void otherText_isRefused(String text) {
    assertThatThrownBy(() -> new LayerSet(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void layerBeyondTheBackbone_doesNotExist() {
    assertThat(new LayerSet("2..5").existsIn(6)).isTrue();
    assertThat(new LayerSet("2..5").existsIn(5)).isFalse();
    assertThat(new LayerSet("last-half").existsIn(1)).isTrue();
  }

  @Test
  void layersOfANumber_becomeTheirShortestText() {
    assertThat(LayerSet.of(List.of(3, 2, 4))).isEqualTo(new LayerSet("2..4"));
    assertThat(LayerSet.of(List.of(0, 2))).isEqualTo(new LayerSet("0,2"));
    assertThat(LayerSet.of(List.of(1))).isEqualTo(new LayerSet("1"));
  }
}
