package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.AttentionKernels;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Causal self-attention, of whole rows or of one more token per row. Every row sees the job's
 * virtual tokens, if it has some: they stand before the row's own.
 */
final class CausalAttention {
  /** Rows that look equally far back in a step, as far as the longest of them has to. */
  private static final int STRETCH = 16;

  private final Kernels kernels;
  private final AttentionKernels attention;
  private final AttentionScheme scheme;
  private final Attachment attachment;
  private final int virtualTokens;

  CausalAttention(Kernels kernels, AttentionScheme scheme, Attachment attachment) {
    this.kernels = kernels;
    this.attention = kernels.attention();
    this.scheme = scheme;
    this.attachment = attachment;
    this.virtualTokens = attachment.prefixTokens();
  }

  KeyValueCache newCache(NDManager parent, int rows, int capacity) {
    return new KeyValueCache(
        kernels,
        parent,
        scheme.layers(),
        rows,
        scheme.keyValueHeads(),
        virtualTokens + capacity,
        scheme.headDimension());
  }

  /** Attention within whole rows that keeps nothing. */
  Attention rows(NDManager scope, PackedBatch batch) {
    return new WholeRows(scope, batch, null, before(scope));
  }

  /** Attention within whole rows that fills an empty cache. */
  Attention prefill(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    return new WholeRows(scope, batch, cache, before(scope));
  }

  /** Attention within what follows a beginning that all rows share, filling an empty cache. */
  Attention prefill(
      NDManager scope, PackedBatch batch, KeyValueCache cache, SharedPrompt beginning) {
    return new WholeRows(scope, batch, cache, List.of(beginning.heads()));
  }

  /** None, or the keys and values of the job's virtual tokens. */
  private List<NDArray> before(NDManager scope) {
    return attachment.prefix(scope).stream()
        .map(
            prompt -> attention.prefixHeads(scope, prompt, scheme.layers(), scheme.keyValueHeads()))
        .toList();
  }

  /**
   * Attention of one more token per row.
   *
   * @param positions in the row, virtual tokens not counted
   */
  Attention step(NDManager scope, long[] positions, KeyValueCache cache) {
    return new OneToken(scope, positions, cache);
  }

  /** Whether a token's keys and values are the same in rows of any length up to this one. */
  boolean isFreeOfLength(int longest) {
    return scheme.frequencies().stream().noneMatch(rotary -> rotary.dependOnLength(longest));
  }

  /**
   * cos and sin of the tokens' rotary angles; none where attention rotates nothing.
   *
   * @param longest tokens of the longest row, virtual ones counted
   * @param lengths the same of every token's row; asked for where frequencies depend on it
   */
  private List<NDArray> rotary(
      NDManager scope, NDArray positions, int longest, Supplier<int[]> lengths) {
    if (scheme.frequencies().isEmpty()) {
      return List.of();
    }
    RotaryFrequencies rotary = scheme.frequencies().get(0);
    NDArray frequencies =
        rotary.dependOnLength(longest) ? rotary.of(scope, lengths.get()) : rotary.ofShortRows();
    return List.of(attention.rotary(scope, positions, frequencies, scheme.interleaved()));
  }

  private final class WholeRows implements Attention {
    private final PackedBatch batch;
    private final KeyValueCache cache;
    private final NDArray positions;
    private final List<NDArray> rotary;
    private final List<NDArray> mask;
    private final List<NDArray> before;

    /** Tokens that {@code before} has keys and values of. */
    private final int tokensBefore;

    /**
     * @param before none, or keys and values that every row sees before its own, {@code [layers, 2,
     *     1, K, V, D]}
     */
    WholeRows(NDManager scope, PackedBatch batch, KeyValueCache cache, List<NDArray> before) {
      this.batch = batch;
      this.cache = cache;
      this.before = before;
      tokensBefore = before.isEmpty() ? 0 : Math.toIntExact(before.get(0).getShape().get(4));
      positions = afterThose(scope, batch.positions());
      rotary = rotary(scope, positions, tokensBefore + batch.longest(), this::lengths);
      mask = plainlyCausal() ? List.of() : List.of(mask(scope));
    }

    private NDArray afterThose(NDManager scope, NDArray inRow) {
      if (tokensBefore == 0) {
        return inRow;
      }
      NDArray moved = inRow.add(tokensBefore);
      moved.attach(scope);
      return moved;
    }

    /** Per token, how many tokens its row has. */
    private int[] lengths() {
      int[] lengths = batch.rowLengths();
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] += tokensBefore;
      }
      return lengths;
    }

    private boolean plainlyCausal() {
      return tokensBefore == 0 && scheme.slopes().isEmpty();
    }

    private NDArray mask(NDManager scope) {
      return attention.rowMask(
          scope, batch.slots(), batch.longest(), tokensBefore, scheme.slopes());
    }

    @Override
    public NDArray positions() {
      return positions;
    }

    @Override
    public List<NDArray> angles() {
      return rotary;
    }

    @Override
    public NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue) {
      return attention.rows(
          scope,
          queryKeyValue,
          rotary,
          scheme.interleaved(),
          batch.slots(),
          batch.rows(),
          batch.longest(),
          scheme.heads(),
          scheme.keyValueHeads(),
          mask,
          before,
          layer,
          cache == null ? List.of() : cache.layer(layer));
    }
  }

  private final class OneToken implements Attention {
    private final KeyValueCache cache;
    private final NDArray positions;
    private final List<NDArray> rotary;
    private final List<NDArray> masks = new ArrayList<>();

    OneToken(NDManager scope, long[] inRow, KeyValueCache cache) {
      this.cache = cache;
      long[] where = Arrays.stream(inRow).map(position -> virtualTokens + position).toArray();
      int[] lengths = Arrays.stream(where).mapToInt(last -> Math.toIntExact(last) + 1).toArray();
      int longest = Arrays.stream(lengths).max().orElseThrow();
      positions = scope.create(where);
      rotary = rotary(scope, positions, longest, () -> lengths);
      for (int from = 0; from < where.length; from += STRETCH) {
        int to = Math.min(from + STRETCH, where.length);
        int used = Arrays.stream(lengths, from, to).max().orElseThrow();
        NDArray stretch = scope.create(Arrays.copyOfRange(where, from, to));
        masks.add(attention.stepMask(scope, stretch, used, scheme.slopes()));
      }
    }

    @Override
    public NDArray positions() {
      return positions;
    }

    @Override
    public List<NDArray> angles() {
      return rotary;
    }

    @Override
    public NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue) {
      return attention.step(
          scope,
          queryKeyValue,
          rotary,
          scheme.interleaved(),
          positions,
          scheme.heads(),
          scheme.keyValueHeads(),
          masks,
          cache.layer(layer));
    }
  }
}
