package dev.floe.worker.evaluate;

import java.util.Arrays;
import java.util.Set;

/** A prompt that is being continued, one token after the other. */
final class DecodeRow {
  private final int id;
  private final int adapter;
  private final int[] prompt;
  private final Ends ends;
  private final int[] continued;
  private int length;
  private boolean finished;

  /**
   * What ends a row.
   *
   * @param tokens each ends a row and is left out
   */
  record Ends(Set<Integer> tokens, StopStrings stops, int maxNewTokens) {
    Ends {
      tokens = Set.copyOf(tokens);
    }
  }

  /**
   * @param id the row's own number, which its draws depend on
   * @param adapter which of the decode batch's adapters it runs under
   */
  DecodeRow(int id, int adapter, int[] prompt, Ends ends) {
    this.id = id;
    this.adapter = adapter;
    this.prompt = prompt;
    this.ends = ends;
    continued = new int[ends.maxNewTokens];
  }

  /** Takes the next token; a row that has ended takes none. */
  void accept(int token) {
    if (finished) {
      return;
    }
    if (ends.tokens.contains(token)) {
      finished = true;
      return;
    }
    continued[length++] = token;
    finished = length == ends.maxNewTokens || ends.stops.reached(continued, length);
  }

  /** Ends it as far as it is. */
  void end() {
    finished = true;
  }

  /**
   * The token to run next. A row that has ended but not left the batch repeats its last place, and
   * what comes of it is not taken.
   */
  int lastToken() {
    return continued[last()];
  }

  /** Where {@link #lastToken} stands in the row. */
  int position() {
    return prompt.length + last();
  }

  private int last() {
    return Math.max(0, length - 1);
  }

  int id() {
    return id;
  }

  int adapter() {
    return adapter;
  }

  int[] prompt() {
    return prompt;
  }

  /** How many tokens it has been continued by. */
  int length() {
    return length;
  }

  boolean finished() {
    return finished;
  }

  /** The continuation, without the token that ended it. */
  int[] continuation() {
    return Arrays.copyOf(continued, length);
  }
}
