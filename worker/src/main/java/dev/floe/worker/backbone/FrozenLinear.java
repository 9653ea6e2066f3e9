package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import java.util.List;

/**
 * A linear module of the backbone without an adapter: {@code W x + bias}.
 *
 * @param weight {@code [out, in]}
 * @param bias none, or one {@code [out]}
 */
public record FrozenLinear(Kernels kernels, NDArray weight, List<NDArray> bias)
    implements Projection {

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    return kernels.linear(scope, x, weight, bias);
  }

  /** Output features. */
  public int out() {
    return Math.toIntExact(weight.getShape().get(0));
  }

  /** Input features. */
  public int in() {
    return Math.toIntExact(weight.getShape().get(1));
  }
}
