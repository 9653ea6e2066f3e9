package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;

/**
 * Layer normalisation (arXiv 1607.06450) over the last dimension.
 *
 * @param weight scale, {@code [hidden]}
 * @param bias shift, {@code [hidden]}
 */
record LayerNorm(Kernels kernels, NDArray weight, NDArray bias, double epsilon) {
  NDArray apply(NDManager scope, NDArray x) {
    return kernels.layerNorm(scope, x, weight, bias, epsilon);
  }
}
