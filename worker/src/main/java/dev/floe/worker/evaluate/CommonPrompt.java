package dev.floe.worker.evaluate;

import java.util.Arrays;
import java.util.List;

/** The beginning that prompts have in common. */
final class CommonPrompt {
  /** With fewer tokens in common, sharing them saves nothing. */
  private static final int SHORTEST = 4;

  private CommonPrompt() {}

  /** The tokens that all prompts start with; each prompt has at least one more. */
  static int[] of(List<int[]> prompts) {
    if (prompts.size() < 2) {
      return new int[0];
    }
    int[] first = prompts.get(0);
    int common = first.length - 1;
    for (int[] prompt : prompts) {
      int differs = Arrays.mismatch(first, prompt);
      common = Math.min(common, differs < 0 ? common : differs);
      common = Math.min(common, prompt.length - 1);
    }
    return common < SHORTEST ? new int[0] : Arrays.copyOf(first, common);
  }
}
