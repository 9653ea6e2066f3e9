package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.GradMode;
import java.util.List;

/**
 * A frozen linear with a low-rank update: {@code W x + bias + scale · B A dropout(x)}.
 *
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param dropout while gradients are recorded
 */
public record LowRankLinear(FrozenLinear linear, NDArray a, NDArray b, double scale, double dropout)
    implements Projection {

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    return linear
        .kernels()
        .lora(
            scope,
            x,
            linear.weight(),
            linear.bias(),
            a,
            b,
            List.of(),
            scale,
            GradMode.isRecording() ? dropout : 0);
  }
}
