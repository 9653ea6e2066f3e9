package dev.floe.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.worker.TestTokenizer;
import dev.floe.worker.data.TextTokenizer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  @Test
  void stopSpreadOverTokens_endsTheRowWhenItIsWholeAndNotBefore() throws Exception {
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      String stop = "pples.\n\nT";
      int[] text = tokenizer.encode("Tom had 12 apples.\n\nThen he had none.");
      StopStrings stops = new StopStrings(List.of("never", stop), tokenizer);
      DecodeRow row =
          new DecodeRow(0, 0, new int[] {1}, new DecodeRow.Ends(Set.of(), stops, text.length));
      int taken = 0;
      while (!row.finished()) {
        row.accept(text[taken++]);
      }
      String made = tokenizer.decode(row.continuation(), true);
      assertThat(tokenizer.encode(stop)).hasSizeGreaterThan(1);
      assertThat(made).contains(stop);
      assertThat(tokenizer.decode(java.util.Arrays.copyOf(text, taken - 1), true))
          .doesNotContain(stop);
      assertThat(stops.cut(made)).isEqualTo("Tom had 12 a");
    }
  }

  @Test
  void earliestOfSeveralStops_cuts() throws Exception {
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      StopStrings stops = new StopStrings(List.of("###", "\n"), tokenizer);
      assertThat(stops.cut("4\n### 5")).isEqualTo("4");
      assertThat(stops.cut("4 ### 5\n")).isEqualTo("4 ");
      assertThat(stops.cut("4 ## 5")).isEqualTo("4 ## 5");
    }
  }
}
