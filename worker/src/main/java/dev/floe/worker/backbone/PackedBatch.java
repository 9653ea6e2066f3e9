package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.data.TrainingRow;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of unequal length laid end to end, so that no linear layer ever computes padding.
 *
 * <p>With R rows, N tokens in all and L the longest row:
 *
 * @param tokens {@code [N]}, int64
 * @param positions {@code [N]}, int64: each token's position in its row
 * @param slots {@code [N]}, int64: {@code row · L + position}, where attention scatters the token
 *     to
 * @param picks {@code [M]}, int64: the tokens whose next token carries loss
 * @param labels {@code [M]}, int64: those next tokens
 */
public record PackedBatch(
    NDArray tokens,
    NDArray positions,
    NDArray slots,
    NDArray picks,
    NDArray labels,
    int rows,
    int longest,
    int labelled) {

  /** Packs rows with their labels; {@code -100} carries no loss. The arrays belong to the scope. */
  public static PackedBatch of(NDManager scope, List<TrainingRow> rows) {
    Layout layout = new Layout(rows.stream().map(TrainingRow::tokens).toList());
    long[] picks = new long[layout.count];
    long[] labels = new long[layout.count];
    int labelled = 0;
    int start = 0;
    for (TrainingRow row : rows) {
      int[] targets = row.labels();
      for (int i = 1; i < targets.length; i++) {
        if (targets[i] != TrainingRow.NO_LOSS) {
          picks[labelled] = start + i - 1L;
          labels[labelled++] = targets[i];
        }
      }
      start += targets.length;
    }
    return layout.batch(scope, Arrays.copyOf(picks, labelled), Arrays.copyOf(labels, labelled));
  }

  /** Packs prompts; {@code picks} are their last tokens, and there are no labels. */
  public static PackedBatch ofPrompts(NDManager scope, List<int[]> prompts) {
    Layout layout = new Layout(prompts);
    long[] last = new long[prompts.size()];
    int end = 0;
    for (int row = 0; row < last.length; row++) {
      end += prompts.get(row).length;
      last[row] = end - 1L;
    }
    return layout.batch(scope, last, new long[0]);
  }

  /** Where each row ends, in tokens from the batch's start; reads the positions back. */
  long[] ends() {
    long[] inRow = positions.toLongArray();
    return IntStream.rangeClosed(1, inRow.length)
        .filter(i -> i == inRow.length || inRow[i] == 0)
        .mapToLong(i -> i)
        .toArray();
  }

  /** Tokens in all. */
  public int size() {
    return Math.toIntExact(tokens.size());
  }

  /** Of every token, how many tokens its row has; reads the positions back from the device. */
  int[] rowLengths() {
    long[] inRow = positions.toLongArray();
    int[] lengths = new int[inRow.length];
    int end = inRow.length;
    for (int i = inRow.length - 1; i >= 0; i--) {
      if (inRow[i] == 0) {
        Arrays.fill(lengths, i, end, end - i);
        end = i;
      }
    }
    return lengths;
  }

  private static final class Layout {
    private final List<int[]> rows;
    private final int count;
    private final int longest;

    Layout(List<int[]> rows) {
      this.rows = rows;
      this.count = rows.stream().mapToInt(row -> row.length).sum();
      this.longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
    }

    PackedBatch batch(NDManager scope, long[] picks, long[] labels) {
      long[] tokens = new long[count];
      long[] positions = new long[count];
      long[] slots = new long[count];
      int at = 0;
      for (int row = 0; row < rows.size(); row++) {
        int[] ids = rows.get(row);
        for (int i = 0; i < ids.length; i++, at++) {
          tokens[at] = ids[i];
          positions[at] = i;
          slots[at] = (long) row * longest + i;
        }
      }
      return new PackedBatch(
          scope.create(tokens),
          scope.create(positions),
          scope.create(slots),
          scope.create(picks),
          scope.create(labels),
          rows.size(),
          longest,
          labels.length);
    }
  }
}
