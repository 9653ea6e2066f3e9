package dev.floe.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0x0000, 0.0",
    "0x8000, -0.0",
    "0x3C00, 1.0",
    "0xC000, -2.0",
    "0x7BFF, 65504.0",
    "0x0400, 6.103515625E-5",
    "0x03FF, 6.0975552E-5",
    "0x0001, 5.9604645E-8",
    "0x3555, 0.33325195",
    "0x7C00, Infinity",
    "0xFC00, -Infinity",
  })
  void halfBits_haveTheirValue(int bits, float value) {
    assertThat(HalfFloat.toFloat((short) bits)).isEqualTo(value);
    assertThat(HalfFloat.fromFloat(value)).isEqualTo((short) bits);
  }

  @ParameterizedTest
  @CsvSource({
    "65519.996, 65504", "65520, Infinity", "1e30, Infinity", "-1e30, -Infinity",
    "1.00048828125, 1", "1.00146484375, 1.001953125", "2.9802322E-8, 0",
        "2.98023259E-8, 5.9604645E-8",
    "6.1020255E-5, 6.1035156E-5", "1e-30, 0", "-1e-30, -0.0",
  })
  void halfRounding_isToNearestTiesToEven(float value, float rounded) {
    assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(value))).isEqualTo(rounded);
  }

  @ParameterizedTest
  @CsvSource({
    "1.00390625, 1",
    "1.01171875, 1.015625",
    "1.0039064, 1.0078125",
    "3.4028235E38, Infinity",
    "-0.0, -0.0",
    "1e-45, 0",
  })
  void brainFloatRounding_isToNearestTiesToEven(float value, float rounded) {
    ByteBuffer bytes = TensorValues.fromFloats(DType.BF16, new float[] {value});
    assertThat(TensorValues.toFloats(DType.BF16, bytes)).containsExactly(rounded);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everySixteenBitPattern_survivesTheRoundTrip(DType dtype) {
    ByteBuffer all = ByteBuffer.allocate(2 << 16).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
    }
    float[] values = TensorValues.toFloats(dtype, all.flip());
    float[] again = TensorValues.toFloats(dtype, TensorValues.fromFloats(dtype, values));
    for (int bits = 0; bits < 1 << 16; bits++) {
      if (Float.isNaN(values[bits])) {
        assertThat(again[bits]).isNaN();
      } else {
        assertThat(Float.floatToRawIntBits(again[bits]))
            .isEqualTo(Float.floatToRawIntBits(values[bits]));
      }
    }
  }

  @Test
  void everyHalf_growsWithItsBits() {
    for (int bits = 0; bits < 0x7C00; bits++) {
      float value = HalfFloat.toFloat((short) bits);
      float next = HalfFloat.toFloat((short) (bits + 1));
      assertThat(value).isLessThan(next);
    }
  }

  @Test
  void notANumber_staysOne() {
    float payload = Float.intBitsToFloat(0x7F800001);
    for (DType dtype : new DType[] {DType.F16, DType.BF16, DType.F32}) {
      ByteBuffer bytes = TensorValues.fromFloats(dtype, new float[] {payload});
      assertThat(TensorValues.toFloats(dtype, bytes)[0]).isNaN();
    }
  }

  @Test
  void doubles_areReadExactlyAndRoundedToFloats() {
    ByteBuffer bytes = TensorValues.fromFloats(DType.F64, new float[] {0.1f});
    assertThat(TensorValues.toDoubles(bytes)).containsExactly(0.1f);
    assertThat(TensorValues.toFloats(DType.F64, bytes)).containsExactly(0.1f);
    assertThat(bytes.position()).isZero();
  }

  @Test
  void wholeNumbers_areNoFloats() {
    assertThatThrownBy(() -> TensorValues.toFloats(DType.I8, ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("I8");
  }
}
