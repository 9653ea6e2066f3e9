package dev.floe.worker.kernel;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Whether this thread records a graph for the backward pass. libtorch keeps the switch per thread;
 * closing restores what was set before.
 */
public final class GradMode implements AutoCloseable {
  private final boolean before;

  private GradMode(boolean enabled) {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(enabled);
  }

  /** Records, until closed. */
  public static GradMode recording() {
    return new GradMode(true);
  }

  /** Does not record, until closed: evaluation, and in-place updates of parameters. */
  public static GradMode off() {
    return new GradMode(false);
  }

  /** Whether this thread records now. */
  public static boolean isRecording() {
    return JniUtils.isGradMode();
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
