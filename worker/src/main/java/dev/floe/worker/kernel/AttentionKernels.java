package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** Attention's kernels: angles, masks, whole rows, one more token per row, and the cache's rows. */
public final class AttentionKernels {
  private final NativeModule module;

  AttentionKernels(NativeModule module) {
    this.module = module;
  }

  /**
   * cos and sin of the rotary angles at {@code positions}, each {@code [N, P]}.
   *
   * @param frequencies {@code [P / 2]}, or {@code [N, P / 2]} where tokens differ in them
   */
  public NDArray[] rotary(
      NDManager scope, NDArray positions, NDArray frequencies, boolean interleaved) {
    return module.callForPair(scope, "rotary", positions, frequencies, interleaved);
  }

  /** The mask of whole rows, for what plain causality does not say: alibi, and virtual tokens. */
  public NDArray rowMask(
      NDManager scope, NDArray slots, int longest, int virtualTokens, List<NDArray> slopes) {
    return module.call(scope, "row_mask", slots, longest, virtualTokens, slopes);
  }

  /**
   * The mask of one more token per row: a cache holds what later positions of shorter rows lack.
   */
  public NDArray stepMask(NDManager scope, NDArray positions, int used, List<NDArray> slopes) {
    return module.call(scope, "step_mask", positions, used, slopes);
  }

  /** Virtual tokens' keys and values as attention wants them; see {@code kernels.py}. */
  public NDArray prefixHeads(NDManager scope, NDArray prompt, int layers, int keyValueHeads) {
    return module.call(scope, "prefix_heads", prompt, layers, keyValueHeads);
  }

  /** Causal self-attention of whole rows laid end to end; see {@code kernels.py}. */
  public NDArray rows(
      NDManager scope,
      List<NDArray> queryKeyValue,
      List<NDArray> rotary,
      boolean interleaved,
      NDArray slots,
      int rows,
      int longest,
      int heads,
      int keyValueHeads,
      List<NDArray> mask,
      List<NDArray> prefix,
      int layer,
      List<NDArray> cache) {
    return module.call(
        scope,
        "attention",
        queryKeyValue,
        rotary,
        interleaved,
        slots,
        rows,
        longest,
        heads,
        keyValueHeads,
        mask,
        prefix,
        layer,
        cache);
  }

  /**
   * One more token per row against the cache, which it is added to.
   *
   * @param masks of one stretch of rows after the other; see {@link #stepMask}
   */
  public NDArray step(
      NDManager scope,
      List<NDArray> queryKeyValue,
      List<NDArray> rotary,
      boolean interleaved,
      NDArray positions,
      int heads,
      int keyValueHeads,
      List<NDArray> masks,
      List<NDArray> cache) {
    return module.call(
        scope,
        "attention_step",
        queryKeyValue,
        rotary,
        interleaved,
        positions,
        heads,
        keyValueHeads,
        masks,
        cache);
  }

  /** Copies rows of a cache's tensors over other rows, as far as {@code used} positions. */
  public void moveRows(List<NDArray> tensors, NDArray sources, NDArray targets, int used) {
    try (NDArray same =
        module.call(targets.getManager(), "move_rows", tensors, sources, targets, used)) {
      // the result is an argument under another handle
    }
  }

  /** Copies rows of another cache, which may be shorter, over the rows {@code targets}. */
  public void joinRows(List<NDArray> tensors, List<NDArray> others, NDArray targets) {
    try (NDArray same = module.call(targets.getManager(), "join_rows", tensors, others, targets)) {
      // the result is an argument under another handle
    }
  }
}
