package dev.floe.worker.safetensors;

/** IEEE 754 binary16: one sign bit, five exponent bits (bias 15), ten fraction bits. */
final class HalfFloat {
  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7C00;
  private static final int QUIET_NAN = 0x7E00;

  /** The smallest positive half, 2^-24: subnormal halves are multiples of it. */
  private static final float SMALLEST = 0x1p-24f;

  private HalfFloat() {}

  static float toFloat(short half) {
    int exponent = half >>> 10 & 0x1F;
    int fraction = half & 0x3FF;
    int sign = (half & SIGN) << 16;
    if (exponent == 0) {
      float magnitude = fraction * SMALLEST;
      return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | sign);
    }
    int wideExponent = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
  }

  /** Rounds to nearest, ties to even; what is too large becomes infinite. */
  static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & SIGN;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | QUIET_NAN);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | INFINITY);
    }
    if (magnitude < 0x1p-14f) {
      // Dividing by a power of two is exact, so rint rounds once; 1024 is the first normal half.
      return (short) (sign | (int) Math.rint(magnitude / SMALLEST));
    }
    int rebased = (bits & 0x7FFFFFFF) - ((127 - 15) << 23);
    int roundToEven = 0xFFF + (rebased >>> 13 & 1);
    return (short) (sign | (rebased + roundToEven) >>> 13);
  }
}
