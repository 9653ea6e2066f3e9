package dev.floe.sweeps.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a misspelled one was meant to be. */
final class Spelling {
  private Spelling() {}

  /**
   * The candidate with the smallest edit distance, if about a third of the letters or fewer differ.
   */
  static Optional<String> nearest(String word, Collection<String> candidates) {
    String plain = word.toLowerCase(Locale.ROOT).replace('_', '-');
    return candidates.stream()
        .filter(candidate -> distance(plain, candidate) <= tolerance(plain, candidate))
        .min(Comparator.comparingInt(candidate -> distance(plain, candidate)));
  }

  private static int tolerance(String a, String b) {
    return Math.max(1, Math.max(a.length(), b.length()) / 3);
  }

  /**
   * Edits that turn {@code a} into {@code b}: a letter inserted, deleted or replaced, or two
   * neighbours swapped (optimal string alignment).
   */
  static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int fewest = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        fewest = Math.min(fewest, edits[i - 1][j - 1] + replace);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        edits[i][j] = swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
      }
    }
    return edits[a.length()][b.length()];
  }
}
