package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * A frozen linear with a low-rank update: {@code W x + bias + scale · B A dropout(x)}.
 *
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param module path of the linear, by which its dropout goes
 */
public record LowRankLinear(
    FrozenLinear linear, NDArray a, NDArray b, double scale, String module, Dropout dropout)
    implements Projection {

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    return linear
        .kernels()
        .adapters()
        .lora(
            scope, x, linear.weight(), linear.bias(), a, b, List.of(), scale, dropout.draw(module));
  }
}
