package dev.floe.worker.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.KeyValueCache;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Greedy decoding of many prompts at once with a key-value cache. Prompts of different length need
 * no padding: each row has its own position, and finished rows leave the batch.
 */
public final class GreedyDecoder {
  private final NDManager manager;
  private final Kernels kernels;
  private final Decoder decoder;
  private final Set<Integer> endTokens;

  /**
   * Decodes with a given decoder.
   *
   * @param endTokens tokens that end a row; empty to go on to the limit
   */
  public GreedyDecoder(Backbone backbone, Decoder decoder, Set<Integer> endTokens) {
    this.manager = backbone.manager();
    this.kernels = backbone.kernels();
    this.decoder = decoder;
    this.endTokens = Set.copyOf(endTokens);
  }

  /**
   * Continues each prompt.
   *
   * @param prompts token ids; all of them make one batch
   * @param maxNewTokens longest continuation
   * @param stop asked before each token; when true, what there is so far is returned
   * @return the continuations in the prompts' order, without the end token
   */
  public List<int[]> generate(List<int[]> prompts, int maxNewTokens, BooleanSupplier stop) {
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    Batch batch = new Batch(prompts, maxNewTokens);
    try (GradMode mode = GradMode.off();
        NDManager scope = manager.newSubManager();
        KeyValueCache cache = decoder.newCache(scope, prompts.size(), longest + maxNewTokens)) {
      batch.accept(prefill(scope, prompts, cache), cache);
      for (int i = 1; i < maxNewTokens && batch.unfinished() && !stop.getAsBoolean(); i++) {
        batch.accept(step(scope, batch, cache), cache);
      }
    }
    return batch.continuations();
  }

  private long[] prefill(NDManager parent, List<int[]> prompts, KeyValueCache cache) {
    try (NDManager scope = parent.newSubManager()) {
      PackedBatch packed = PackedBatch.ofPrompts(scope, prompts);
      NDArray hidden = decoder.prefill(scope, packed, cache);
      return choose(scope, hidden, packed.picks());
    }
  }

  private long[] step(NDManager parent, Batch batch, KeyValueCache cache) {
    try (NDManager scope = parent.newSubManager()) {
      NDArray hidden = decoder.step(scope, batch.lastTokens(), batch.positions(), cache);
      long[] all = new long[batch.size()];
      Arrays.setAll(all, i -> i);
      return choose(scope, hidden, scope.create(all));
    }
  }

  private long[] choose(NDManager scope, NDArray hidden, NDArray picks) {
    return kernels.choose(scope, hidden, picks, decoder.head(), decoder.headBias()).toLongArray();
  }

  /** The rows that are still being continued, and what each has come to. */
  private final class Batch {
    private final int maxNewTokens;
    private final int[][] continued;
    private final int[] lengths;
    private final int[] promptLengths;
    private final boolean[] finished;

    /** Rows of the cache, as indices of prompts. */
    private int[] rows;

    Batch(List<int[]> prompts, int maxNewTokens) {
      this.maxNewTokens = maxNewTokens;
      continued = new int[prompts.size()][maxNewTokens];
      lengths = new int[prompts.size()];
      promptLengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
      finished = new boolean[prompts.size()];
      rows = new int[prompts.size()];
      Arrays.setAll(rows, i -> i);
    }

    /** Takes the next token of each row; drops finished rows once they are a quarter of all. */
    void accept(long[] tokens, KeyValueCache cache) {
      int done = 0;
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        if (!finished[row]) {
          int token = Math.toIntExact(tokens[i]);
          if (endTokens.contains(token)) {
            finished[row] = true;
          } else {
            continued[row][lengths[row]++] = token;
            finished[row] = lengths[row] == maxNewTokens;
          }
        }
        done += finished[row] ? 1 : 0;
      }
      if (done * 4 >= rows.length && done < rows.length) {
        shrink(cache);
      }
    }

    private void shrink(KeyValueCache cache) {
      int[] kept = new int[rows.length];
      int count = 0;
      for (int i = 0; i < rows.length; i++) {
        if (!finished[rows[i]]) {
          kept[count++] = i;
        }
      }
      kept = Arrays.copyOf(kept, count);
      cache.retain(kept);
      int[] before = rows;
      rows = Arrays.stream(kept).map(i -> before[i]).toArray();
    }

    boolean unfinished() {
      return Arrays.stream(rows).anyMatch(row -> !finished[row]);
    }

    int size() {
      return rows.length;
    }

    /** A finished row that is still in the batch repeats its last place; its token is ignored. */
    long[] lastTokens() {
      return Arrays.stream(rows).mapToLong(row -> continued[row][last(row)]).toArray();
    }

    long[] positions() {
      return Arrays.stream(rows).mapToLong(row -> promptLengths[row] + last(row)).toArray();
    }

    private int last(int row) {
      return Math.max(0, lengths[row] - 1);
    }

    List<int[]> continuations() {
      List<int[]> result = new ArrayList<>();
      for (int row = 0; row < continued.length; row++) {
        result.add(Arrays.copyOf(continued[row], lengths[row]));
      }
      return result;
    }
  }
}
