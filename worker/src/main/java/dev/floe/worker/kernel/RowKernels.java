package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Rows of matrices: views of them, chosen ones, laid end to end, and what jobs do to their slices.
 */
public final class RowKernels {
  private final NativeModule module;

  RowKernels(NativeModule module) {
    this.module = module;
  }

  /**
   * Some of a matrix's rows, without a copy.
   *
   * @param to the first row that is not among them
   */
  public NDArray rowsOf(NDManager scope, NDArray x, int from, int to) {
    return module.call(scope, "rows_of", x, from, to);
  }

  /** Rows {@code [from, to)} of a matrix, or of a vector: a view that shares its memory. */
  public NDArray view(NDManager scope, NDArray matrix, long from, long to) {
    return module.call(scope, "view_rows", matrix, Math.toIntExact(from), Math.toIntExact(to));
  }

  /** Rows of matrices laid end to end. */
  public NDArray pick(NDManager scope, List<NDArray> matrices, NDArray rows) {
    return module.call(scope, "pick", matrices, rows);
  }

  /** Matrices laid end to end. */
  public NDArray endToEnd(NDManager scope, List<NDArray> parts) {
    return parts.size() == 1 ? parts.get(0) : module.call(scope, "end_to_end", parts);
  }

  /** Concatenates matrices along their first dimension. */
  public NDArray stack(NDManager scope, List<NDArray> matrices) {
    return module.call(scope, "stack", matrices);
  }

  /** A linear whose outputs jobs change, each for its slice of the tokens. */
  public NDArray slicedLinear(
      NDManager scope, NDArray x, NDArray weight, List<NDArray> bias, SliceActions actions) {
    return module.call(scope, "sliced_linear", actions.after(x, weight, bias));
  }

  /** {@code y} with what jobs do to their slices of it, where they read {@code x}. */
  public NDArray actOnSlices(NDManager scope, NDArray x, NDArray y, SliceActions actions) {
    return module.call(scope, "act_on_slices", actions.after(x, y));
  }
}
