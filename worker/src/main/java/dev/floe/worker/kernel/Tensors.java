package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.safetensors.DType;
import dev.floe.worker.safetensors.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Moves float32 tensors between the device and the bytes of a safetensors file. */
public final class Tensors {
  private Tensors() {}

  /** A copy of a tensor's values under a name. */
  public static TensorData read(String name, NDArray tensor) {
    ByteBuffer bytes = tensor.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return new TensorData(name, DType.F32, tensor.getShape().getShape(), bytes);
  }

  /** Overwrites a tensor's values, a parameter's too, with those of a file. */
  public static void write(Kernels kernels, NDArray tensor, float[] values) {
    try (NDArray source = tensor.getManager().create(values, tensor.getShape())) {
      kernels.assign(tensor, source);
    }
  }
}
