package dev.floe.worker.backbone;

import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.kernel.GradMode;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Dropout whose masks are functions of a pass's seed and the module alone, so that a job drops the
 * same entries whoever else is in the pass. Not safe for use by several threads at once.
 */
public final class Dropout {
  private final double probability;
  private long seed;

  /** Dropout with a probability in [0, 1). */
  public Dropout(double probability) {
    this.probability = probability;
  }

  /** A pass starts; its masks are drawn from the seed. */
  public void startPass(long seed) {
    this.seed = seed;
  }

  /** The probability that holds now: none outside of training. */
  public double probability() {
    return GradMode.isRecording() ? probability : 0;
  }

  /** Whether an entry may be dropped now. */
  public boolean active() {
    return probability() > 0;
  }

  /** The seed of a module's mask in this pass. */
  public long seed(String module) {
    CRC32 hash = new CRC32();
    hash.update(module.getBytes(StandardCharsets.UTF_8));
    return seed * 0x9E3779B97F4A7C15L + hash.getValue();
  }

  /** Sets libtorch's generator for a module's mask, and says with which probability to drop. */
  public double draw(String module) {
    double now = probability();
    if (now > 0) {
      JniUtils.setSeed(seed(module));
    }
    return now;
  }
}
