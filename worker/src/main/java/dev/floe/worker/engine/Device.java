package dev.floe.worker.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.kernel.Kernels;

/** The device that this process computes on, as libtorch sees it. */
public final class Device {
  private Device() {}

  /**
   * Opens the device for the calling thread, which all of its native work must be done on.
   *
   * @param threads that libtorch may use for one operation
   * @return the owner of everything on the device
   */
  public static NDManager open(int threads) {
    NDManager manager = NDManager.newBaseManager("PyTorch");
    JniUtils.setNumThreads(threads);
    Kernels.prepareThread();
    return manager;
  }
}
