package dev.floe.worker.evaluate;

import dev.floe.worker.data.TextTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Texts that end a continuation. They are looked for in the text that the tokens so far come to, so
 * that it does not matter how tokens share them.
 */
final class StopStrings {
  static final StopStrings NONE = new StopStrings(List.of(), null);

  private final List<String> stops;
  private final TextTokenizer tokenizer;

  /**
   * @param tokenizer not needed when there are no stops
   */
  StopStrings(List<String> stops, TextTokenizer tokenizer) {
    this.stops = List.copyOf(stops);
    this.tokenizer = tokenizer;
  }

  /** Whether the text of the first {@code length} tokens has a stop in it. */
  boolean reached(int[] tokens, int length) {
    return !stops.isEmpty() && first(tokenizer.decode(Arrays.copyOf(tokens, length), true)) >= 0;
  }

  /** The text before the first stop. */
  String cut(String text) {
    int first = first(text);
    return first < 0 ? text : text.substring(0, first);
  }

  private int first(String text) {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }
}
