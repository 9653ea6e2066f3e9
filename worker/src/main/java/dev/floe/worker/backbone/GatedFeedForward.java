package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;

/**
 * The gated MLP (arXiv 2002.05202): {@code down(act(gate(x)) ∘ up(x))}.
 *
 * @param activation as the kernel library names it
 */
record GatedFeedForward(
    Kernels kernels, Projection gate, Projection up, Projection down, String activation)
    implements Projection {

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    NDArray gated = gate.apply(scope, x);
    NDArray wide = up.apply(scope, x);
    return down.apply(scope, kernels.gated(scope, gated, wide, activation));
  }
}
