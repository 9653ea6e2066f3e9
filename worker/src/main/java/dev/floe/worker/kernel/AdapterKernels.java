package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** What adapters compute: changed linears, and what virtual tokens are made by. */
public final class AdapterKernels {
  private final NativeModule module;

  AdapterKernels(NativeModule module) {
    this.module = module;
  }

  public NDArray lora(
      NDManager scope,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray a,
      NDArray b,
      List<NDArray> lengths,
      double scale,
      double dropout) {
    return module.call(scope, "lora", x, weight, bias, a, b, lengths, scale, dropout);
  }

  /** A linear with factors for its outputs, or for its inputs. */
  public NDArray ia3(
      NDManager scope,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray factors,
      boolean ofInput) {
    return module.call(scope, "ia3", x, weight, bias, factors, ofInput);
  }

  /**
   * A linear with a bottleneck adapter.
   *
   * @param kind {@code series_output}, {@code series_input} or {@code parallel}
   */
  public NDArray bottleneck(
      NDManager scope,
      String kind,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray down,
      NDArray up,
      String activation,
      double scale,
      double dropout) {
    return module.call(scope, kind, x, weight, bias, down, up, activation, scale, dropout);
  }

  /**
   * A bottleneck beside a block: {@code y + scale · f(x)}.
   *
   * @param y what the block gave
   * @param x what it read
   */
  public NDArray beside(
      NDManager scope,
      NDArray y,
      NDArray x,
      NDArray down,
      NDArray up,
      String activation,
      double scale,
      double dropout) {
    return module.call(scope, "beside", y, x, down, up, activation, scale, dropout);
  }

  /**
   * Linears with an activation between them.
   *
   * @param weights weight {@code [out, in]} and bias {@code [out]} of each, in turn
   */
  public NDArray mlp(NDManager scope, NDArray x, List<NDArray> weights, String activation) {
    return module.call(scope, "mlp", x, weights, activation);
  }

  /** A bidirectional LSTM over one sequence; see {@code kernels.py}. */
  public NDArray lstm(NDManager scope, NDArray x, List<NDArray> weights, int hidden, int layers) {
    return module.call(scope, "lstm", x, weights, hidden, layers);
  }

  /** The Euclidean length of each row. */
  public NDArray rowLengths(NDManager scope, NDArray matrix) {
    return module.call(scope, "row_lengths", matrix);
  }
}
