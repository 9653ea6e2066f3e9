package dev.floe.sweeps.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  @ParameterizedTest
  @CsvSource({
    "rank, rank, 0",
    "rnk, rank, 1",
    "rnak, rank, 1",
    "ranks, rank, 1",
    "rang, rank, 1",
    "'', rank, 4",
    "kitten, sitting, 3"
  })
  void distance_countsEdits(String a, String b, int edits) {
    assertThat(Spelling.distance(a, b)).isEqualTo(edits);
    assertThat(Spelling.distance(b, a)).isEqualTo(edits);
  }

  @Test
  void nearest_ignoresCaseAndUnderscores() {
    assertThat(Spelling.nearest("Learning_Rate", List.of("learning-rate")))
        .contains("learning-rate");
  }

  @Test
  void nearest_withNothingNear_isEmpty() {
    assertThat(Spelling.nearest("beams", List.of("decode", "max-new-tokens"))).isEmpty();
  }
}
