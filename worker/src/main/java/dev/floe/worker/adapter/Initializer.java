package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.floe.worker.kernel.Kernels;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * Draws initial values. Each tensor has its own stream of random numbers, made from the job's seed
 * and the tensor's name, so that it starts alike on every device and whatever else is trained.
 */
final class Initializer {
  private final NDManager owner;
  private final Kernels kernels;
  private final long seed;

  Initializer(NDManager owner, Kernels kernels, long seed) {
    this.owner = owner;
    this.kernels = kernels;
    this.seed = seed;
  }

  NDArray zeros(long... shape) {
    return trainable(owner.zeros(new Shape(shape)));
  }

  /** Uniform in ±1/√columns: what Kaiming's rule with a = √5 comes to, as PEFT starts LoRA's A. */
  NDArray kaiming(String name, int rows, int columns) {
    return uniform(name, new long[] {rows, columns}, 1 / Math.sqrt(columns));
  }

  /** Uniform within a bound. */
  NDArray uniform(String name, long[] shape, double bound) {
    RandomGenerator random = stream(name);
    Shape dimensions = new Shape(shape);
    float[] values = new float[Math.toIntExact(dimensions.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    return trainable(owner.create(values, dimensions));
  }

  /** Normal with mean zero. */
  NDArray normal(String name, long[] shape, double deviation) {
    RandomGenerator random = stream(name);
    Shape dimensions = new Shape(shape);
    float[] values = new float[Math.toIntExact(dimensions.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian(0, deviation);
    }
    return trainable(owner.create(values, dimensions));
  }

  NDArray ones(long[] shape) {
    return trainable(owner.ones(new Shape(shape)));
  }

  /** A float32 copy that is trained in place of the frozen original. */
  NDArray copy(NDArray frozen) {
    return trainable(kernels.toFloat32(owner, frozen));
  }

  /** A tensor that belongs to the adapter already, trained from the values that it has. */
  NDArray own(NDArray tensor) {
    return trainable(tensor);
  }

  private static NDArray trainable(NDArray tensor) {
    tensor.setRequiresGradient(true);
    return tensor;
  }

  private RandomGenerator stream(String name) {
    CRC32 hash = new CRC32();
    hash.update(name.getBytes(StandardCharsets.UTF_8));
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + hash.getValue());
  }
}
