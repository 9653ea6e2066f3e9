package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;

/**
 * A backbone that continues rows of several jobs' adapters in one batch: what is frozen is computed
 * once for all rows, each adapter acts on its own. Rows of one adapter stand side by side, adapters
 * in order; an adapter may have none. It owns nothing. Not safe for use by several threads at once.
 */
public final class SlicedDecoder {
  private final Decoder decoder;
  private final int adapters;
  private final Slices slices;

  /**
   * @param decoder whose layers read the slices, unless there is one adapter
   */
  SlicedDecoder(Decoder decoder, int adapters, Slices slices) {
    this.decoder = decoder;
    this.adapters = adapters;
    this.slices = slices;
  }

  /** A batch of one adapter, which may be any. */
  public static SlicedDecoder of(Decoder decoder) {
    return new SlicedDecoder(decoder, 1, new Slices());
  }

  /**
   * What a pass over whole prompts gives.
   *
   * @param batch the prompts
   * @param hidden states of their tokens after the last norm, {@code [N, hidden]}
   */
  public record Output(PackedBatch batch, NDArray hidden) {}

  /** How many adapters it has. */
  public int adapters() {
    return adapters;
  }

  /** Like {@link Decoder#canShare}. */
  public boolean canShare(int longest) {
    return decoder.canShare(longest);
  }

  /** Runs a beginning under every adapter, like {@link Decoder#share}. */
  public SharedPrompt share(NDManager scope, int[] tokens) {
    int[] each = new int[adapters];
    for (int adapter = 0; adapter < adapters; adapter++) {
      each[adapter] = tokens.length;
    }
    slices.set(each);
    try (NDManager inner = scope.newSubManager();
        KeyValueCache cache = newCache(inner, adapters, tokens.length)) {
      List<int[]> rows = Collections.nCopies(adapters, tokens);
      decoder.prefill(inner, PackedBatch.ofPrompts(inner, rows), cache);
      return new SharedPrompt(cache.heads(scope), tokens.length);
    }
  }

  /**
   * Runs whole prompts and keeps their keys and values.
   *
   * @param prompts what follows the beginning, at least a token each
   * @param owners the adapter of each
   * @param beginning what all of them begin with, its keys and values to be kept too; null for
   *     nothing
   */
  public Output prefill(
      NDManager scope,
      List<int[]> prompts,
      int[] owners,
      KeyValueCache cache,
      SharedPrompt beginning) {
    PackedBatch batch = PackedBatch.ofPrompts(scope, prompts);
    int[] tokens = new int[adapters];
    for (int row = 0; row < owners.length; row++) {
      tokens[owners[row]] += prompts.get(row).length;
    }
    slices.set(tokens);
    NDArray hidden =
        beginning == null
            ? decoder.prefill(scope, batch, cache)
            : decoder.prefill(scope, batch, cache, beginning.of(scope, owners));
    return new Output(batch, hidden);
  }

  /**
   * Runs one more token of every row, like {@link Decoder#step}.
   *
   * @param owners the adapter of each row
   */
  public NDArray step(
      NDManager scope, long[] tokens, long[] positions, int[] owners, KeyValueCache cache) {
    int[] rows = new int[adapters];
    for (int owner : owners) {
      rows[owner]++;
    }
    slices.set(rows);
    return decoder.step(scope, tokens, positions, cache);
  }

  /** Like {@link Decoder#newCache}. */
  public KeyValueCache newCache(NDManager parent, int rows, int capacity) {
    return decoder.newCache(parent, rows, capacity);
  }

  /** Virtual tokens that a cache holds before a row's own. */
  public int tokensBefore() {
    return decoder.tokensBefore();
  }

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  public NDArray head() {
    return decoder.head();
  }

  /** The head's bias: none, or one {@code [vocabulary]}. */
  public List<NDArray> headBias() {
    return decoder.headBias();
  }
}
