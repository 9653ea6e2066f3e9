package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/** The kernels of {@code explicit.py}: layers with their backward pass written out. */
public final class GradientKernels {
  private final NativeModule module;

  GradientKernels(NativeModule module) {
    this.module = module;
  }

  /** Calls a kernel that returns a list. */
  public List<NDArray> call(NDManager scope, String kernel, Object... arguments) {
    return module.callForList(scope, kernel, arguments);
  }

  /**
   * What dropout keeps of so many inputs of each token: zero or 1 / (1 - p), as dropout itself
   * would draw it. libtorch has one source of random numbers for all threads, so it is seeded and
   * drawn from under a lock.
   *
   * @param like {@code [N, ..]} in the mask's type
   */
  public NDArray keepMask(NDManager scope, NDArray like, int width, double dropout, long seed) {
    synchronized (GradientKernels.class) {
      JniUtils.setSeed(seed);
      return module.call(scope, "keep_mask", like, width, dropout);
    }
  }
}
