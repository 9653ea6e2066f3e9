package dev.floe.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  @TempDir Path directory;

  @Test
  void goldenInputs_readAsPythonWroteThem() throws Exception {
    try (SafetensorsFile file = SafetensorsFile.open(Golden.path("llama/inputs.safetensors"))) {
      assertThat(file.names())
          .containsExactlyInAnyOrder(
              "left.attention_mask",
              "left.input_ids",
              "left.labels",
              "right.attention_mask",
              "right.input_ids",
              "right.labels");
      TensorEntry entry = file.entry("right.labels");
      assertThat(entry.dtype()).isEqualTo(DType.I64);
      assertThat(entry.shape()).containsExactly(4, 16);
      assertThat(entry.hasShape(4, 16)).isTrue();
      assertThat(entry.elements()).isEqualTo(64);
      long[] labels = TensorValues.toLongs(file.buffer("right.labels"));
      assertThat(labels).hasSize(64);
      assertThat(Arrays.stream(labels))
          .allMatch(label -> label == -100 || (0 <= label && label < 128));
      assertThat(labels).contains(-100);
    }
  }

  @Test
  void goldenModel_holdsFiniteFloats() throws Exception {
    try (SafetensorsFile file =
        SafetensorsFile.open(Golden.path("llama/model/model.safetensors"))) {
      float[] norm = TensorValues.toFloats(DType.F32, file.buffer("model.norm.weight"));
      assertThat(norm).hasSize(32);
      for (float value : norm) {
        assertThat(value).isFinite().isNotZero();
      }
      assertThat(file.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void buffer_isReadOnlyAndLittleEndian() throws Exception {
    try (SafetensorsFile file =
        SafetensorsFile.open(Golden.path("llama/model/model.safetensors"))) {
      ByteBuffer buffer = file.buffer("lm_head.weight");
      assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThatThrownBy(() -> buffer.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }
  }

  @Test
  void partOfTensor_isThatPart() throws Exception {
    try (SafetensorsFile file =
        SafetensorsFile.open(Golden.path("llama/model/model.safetensors"))) {
      ByteBuffer whole = file.buffer("model.norm.weight");
      assertThat(file.buffer("model.norm.weight", 8, 12)).isEqualTo(whole.slice(8, 12));
      assertThatThrownBy(() -> file.buffer("model.norm.weight", 120, 12))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void unknownTensor_isRefusedByName() throws Exception {
    try (SafetensorsFile file =
        SafetensorsFile.open(Golden.path("llama/model/model.safetensors"))) {
      assertThatThrownBy(() -> file.buffer("nope.weight"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("model.safetensors: holds no tensor \"nope.weight\"");
    }
  }

  @Test
  void closedFile_keepsItsBuffersAndGivesNoNewOnes() throws Exception {
    SafetensorsFile file = SafetensorsFile.open(Golden.path("llama/model/model.safetensors"));
    ByteBuffer before = file.buffer("model.norm.weight");
    file.close();
    assertThat(TensorValues.toFloats(DType.F32, before)).hasSize(32);
    assertThatThrownBy(() -> file.buffer("model.norm.weight"))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void missingFile_isRefused() {
    assertThatThrownBy(() -> SafetensorsFile.open(directory.resolve("none.safetensors")))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("none.safetensors: there is no such file");
  }

  @Test
  void noTensors_isAnEmptyFile() throws Exception {
    try (SafetensorsFile file = SafetensorsFile.open(RawSafetensors.write(directory, "{}", 0))) {
      assertThat(file.names()).isEmpty();
    }
  }

  @Test
  void scalarAndEmptyTensor_areRead() throws Exception {
    Path path =
        RawSafetensors.write(
            directory,
"""
            {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
             "e":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]}}


""",
            4);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.entry("s").elements()).isEqualTo(1);
      assertThat(file.buffer("s").remaining()).isEqualTo(4);
      assertThat(file.entry("e").shape()).containsExactly(0, 7);
      assertThat(file.buffer("e").remaining()).isZero();
    }
  }
}
