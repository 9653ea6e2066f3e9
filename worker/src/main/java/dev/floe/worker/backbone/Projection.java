package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A linear module as the decoder sees it: the one seam that adapters use. What is behind it, a
 * frozen matrix alone or one with an adapter on it, the decoder does not know.
 */
@FunctionalInterface
public interface Projection {

  /**
   * Applies the linear and whatever sits on it.
   *
   * @param scope owner of the result
   * @param x {@code [N, in]}
   * @return {@code [N, out]}
   */
  NDArray apply(NDManager scope, NDArray x);
}
