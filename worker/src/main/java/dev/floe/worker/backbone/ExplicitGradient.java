package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Loss and gradients of a micro-batch by kernels that have their backward pass written out. Nothing
 * is recorded, nothing of the adapter changes, and calls from several threads are safe.
 */
public interface ExplicitGradient {

  /** The trained tensors, in the order of the gradients. */
  List<NDArray> trained();

  /** Whether a run drops anything at random. */
  boolean drops();

  /**
   * Runs forward and backward.
   *
   * @param scope owner of the gradients
   * @param factor that the summed loss is multiplied by before the gradient is taken
   * @param seed of dropout
   */
  Result run(NDManager scope, PackedBatch batch, double factor, long seed);

  /**
   * What came of it.
   *
   * @param loss cross-entropy, summed over the labelled tokens
   * @param gradients float32, in the shapes of the trained tensors
   */
  record Result(double loss, List<NDArray> gradients) {
    public Result {
      gradients = List.copyOf(gradients);
    }
  }
}
