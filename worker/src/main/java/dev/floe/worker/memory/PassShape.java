package dev.floe.worker.memory;

import dev.floe.worker.data.TrainingRow;
import java.util.List;

/**
 * The rows that go through the backbone in one pass, as far as memory depends on them.
 *
 * @param tokens of all rows, virtual ones included where they are part of the stream
 * @param longest tokens of the longest row
 * @param squares sum of the rows' squared lengths
 * @param labels tokens that carry loss
 */
public record PassShape(long tokens, int rows, int longest, long squares, long labels) {

  /**
   * The shape of rows.
   *
   * @param virtualTokens that stand before each row
   */
  public static PassShape of(List<TrainingRow> rows, int virtualTokens) {
    long tokens = 0;
    int longest = 0;
    long squares = 0;
    long labels = 0;
    for (TrainingRow row : rows) {
      int length = row.tokens().length + virtualTokens;
      tokens += length;
      longest = Math.max(longest, length);
      squares += (long) length * length;
      labels += row.labelled();
    }
    return new PassShape(tokens, rows.size(), longest, squares, labels);
  }

  /** The same rows so many times, as jobs of a bundle have them. */
  PassShape times(int jobs) {
    return new PassShape(tokens * jobs, rows * jobs, longest, squares * jobs, labels * jobs);
  }

  /** Places of a table with a row for each row, as wide as the longest. */
  long cells() {
    return (long) rows * longest;
  }

  /** Whether some row is shorter than the longest. */
  boolean ragged() {
    return cells() != tokens;
  }
}
