package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import java.util.List;

/**
 * Causal self-attention, of whole rows or of one more token per row. Every row sees the job's
 * virtual tokens, if it has some: they stand before the row's own.
 */
final class CausalAttention {
  private final Kernels kernels;
  private final AttentionScheme scheme;
  private final Attachment attachment;
  private final int virtualTokens;

  CausalAttention(Kernels kernels, AttentionScheme scheme, Attachment attachment) {
    this.kernels = kernels;
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
    return new WholeRows(scope, batch, null);
  }

  /** Attention within whole rows that fills an empty cache. */
  Attention prefill(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    return new WholeRows(scope, batch, cache);
  }

  /**
   * Attention of one more token per row.
   *
   * @param positions in the row, virtual tokens not counted
   */
  Attention step(NDManager scope, long[] positions, KeyValueCache cache) {
    return new OneToken(scope, positions, cache);
  }

  private List<NDArray> rotary(NDManager scope, NDArray positions) {
    if (scheme.frequencies().isEmpty()) {
      return List.of();
    }
    return List.of(
        kernels.rotary(scope, positions, scheme.frequencies().get(0), scheme.interleaved()));
  }

  private final class WholeRows implements Attention {
    private final PackedBatch batch;
    private final KeyValueCache cache;
    private final NDArray positions;
    private final List<NDArray> rotary;
    private final List<NDArray> mask;
    private final List<NDArray> prefixHeads;

    WholeRows(NDManager scope, PackedBatch batch, KeyValueCache cache) {
      this.batch = batch;
      this.cache = cache;
      positions = afterPrefix(scope, batch.positions());
      rotary = rotary(scope, positions);
      mask = plainlyCausal() ? List.of() : List.of(mask(scope));
      prefixHeads =
          attachment.prefix(scope).stream()
              .map(
                  prompt ->
                      kernels.prefixHeads(scope, prompt, scheme.layers(), scheme.keyValueHeads()))
              .toList();
    }

    private NDArray afterPrefix(NDManager scope, NDArray inRow) {
      if (virtualTokens == 0) {
        return inRow;
      }
      NDArray moved = inRow.add(virtualTokens);
      moved.attach(scope);
      return moved;
    }

    private boolean plainlyCausal() {
      return virtualTokens == 0 && scheme.slopes().isEmpty();
    }

    private NDArray mask(NDManager scope) {
      return kernels.rowMask(scope, batch.slots(), batch.longest(), virtualTokens, scheme.slopes());
    }

    @Override
    public NDArray positions() {
      return positions;
    }

    @Override
    public NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue) {
      return kernels.attention(
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
          prefixHeads,
          layer,
          cache == null ? List.of() : cache.layer(layer));
    }
  }

  private final class OneToken implements Attention {
    private final KeyValueCache cache;
    private final NDArray positions;
    private final List<NDArray> rotary;
    private final NDArray mask;

    OneToken(NDManager scope, long[] inRow, KeyValueCache cache) {
      this.cache = cache;
      long[] where = new long[inRow.length];
      long furthest = 0;
      for (int row = 0; row < where.length; row++) {
        where[row] = virtualTokens + inRow[row];
        furthest = Math.max(furthest, where[row]);
      }
      positions = scope.create(where);
      rotary = rotary(scope, positions);
      mask = kernels.stepMask(scope, positions, Math.toIntExact(furthest) + 1, scheme.slopes());
    }

    @Override
    public NDArray positions() {
      return positions;
    }

    @Override
    public NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue) {
      return kernels.attentionStep(
          scope,
          queryKeyValue,
          rotary,
          scheme.interleaved(),
          positions,
          scheme.heads(),
          scheme.keyValueHeads(),
          mask,
          cache.layer(layer));
    }
  }
}
