package dev.floe.worker.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Converts between a tensor's little-endian bytes and Java's numbers. */
public final class TensorValues {
  private TensorValues() {}

  /**
   * The values of an F32, F16 or BF16 tensor, exactly, or of an F64 tensor, rounded.
   *
   * @param bytes the elements from the buffer's position to its limit; the position stays
   */
  public static float[] toFloats(DType dtype, ByteBuffer bytes) {
    ByteBuffer source = littleEndian(bytes);
    float[] values = new float[source.remaining() / dtype.bytes()];
    switch (dtype) {
      case F32 -> source.asFloatBuffer().get(values);
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) source.getDouble();
        }
      }
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(source.getShort() << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfFloat.toFloat(source.getShort());
        }
      }
      default -> throw new IllegalArgumentException(dtype + " holds no real numbers");
    }
    return values;
  }

  /** The values of an F64 tensor. */
  public static double[] toDoubles(ByteBuffer bytes) {
    ByteBuffer source = littleEndian(bytes);
    double[] values = new double[source.remaining() / Double.BYTES];
    source.asDoubleBuffer().get(values);
    return values;
  }

  /** The values of an I64 tensor. */
  public static long[] toLongs(ByteBuffer bytes) {
    ByteBuffer source = littleEndian(bytes);
    long[] values = new long[source.remaining() / Long.BYTES];
    source.asLongBuffer().get(values);
    return values;
  }

  /** The values as F32, F16, BF16 or F64 bytes; narrower types round to nearest, ties to even. */
  public static ByteBuffer fromFloats(DType dtype, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F32 -> bytes.putFloat(value);
        case F64 -> bytes.putDouble(value);
        case BF16 -> bytes.putShort(toBrainFloat(value));
        case F16 -> bytes.putShort(HalfFloat.fromFloat(value));
        default -> throw new IllegalArgumentException(dtype + " holds no real numbers");
      }
    }
    return bytes.flip();
  }

  /** The values as I64 bytes. */
  public static ByteBuffer fromLongs(long[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes;
  }

  private static ByteBuffer littleEndian(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static short toBrainFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Rounding could carry a NaN's payload into infinity: keep it quiet instead.
      return (short) ((bits >>> 16) | 0x40);
    }
    int roundToEven = 0x7FFF + (bits >>> 16 & 1);
    return (short) ((bits + roundToEven) >>> 16);
  }
}
