package dev.floe.worker.safetensors;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A tensor to be written: its name, element type, shape and little-endian bytes. */
public final class TensorData {
  private final String name;
  private final DType dtype;
  private final long[] shape;
  private final ByteBuffer bytes;

  /**
   * @param bytes the elements, row by row, from the buffer's position to its limit; not copied
   * @throws IllegalArgumentException the bytes do not fill the shape exactly
   */
  public TensorData(String name, DType dtype, long[] shape, ByteBuffer bytes) {
    long expected = dtype.bytes();
    for (long dimension : shape) {
      expected = Math.multiplyExact(expected, dimension);
    }
    if (expected != bytes.remaining()) {
      throw new IllegalArgumentException(
          "tensor %s: %s of shape %s takes %d bytes, got %d"
              .formatted(name, dtype, Arrays.toString(shape), expected, bytes.remaining()));
    }
    this.name = name;
    this.dtype = dtype;
    this.shape = shape.clone();
    this.bytes = bytes;
  }

  /** A tensor of float32 values. */
  public static TensorData ofFloats(String name, long[] shape, float[] values) {
    return new TensorData(name, DType.F32, shape, TensorValues.fromFloats(DType.F32, values));
  }

  public String name() {
    return name;
  }

  public DType dtype() {
    return dtype;
  }

  public long[] shape() {
    return shape.clone();
  }

  /** A view of the bytes with a position of its own. */
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }
}
