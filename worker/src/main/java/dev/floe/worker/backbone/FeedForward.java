package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;

/**
 * The MLP of two linears: {@code down(act(up(x)))}.
 *
 * @param activation as the kernel library names it
 */
record FeedForward(Kernels kernels, Projection up, Projection down, String activation)
    implements Projection {

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    NDArray wide = up.apply(scope, x);
    return down.apply(scope, kernels.activate(scope, wide, activation));
  }
}
