package dev.floe.worker.data;

import java.util.Arrays;
import java.util.List;

/**
 * Prompts ready to be continued.
 *
 * @param tokens token ids of each
 * @param truncated prompts whose beginning was left out, as the context has no room for it
 */
public record Prompts(List<int[]> tokens, int truncated) {
  /** With less room for a prompt than this, nothing of it is left that could be answered. */
  static final int SHORTEST = 2;

  /**
   * A prompt that is no longer than {@code room}: the first token, which may be bos, and the end,
   * where it asks for the reply.
   */
  static int[] fit(int[] prompt, int room) {
    if (prompt.length <= room) {
      return prompt;
    }
    int[] kept = Arrays.copyOfRange(prompt, prompt.length - room, prompt.length);
    kept[0] = prompt[0];
    return kept;
  }
}
