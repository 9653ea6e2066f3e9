package dev.floe.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path directory;

  @Test
  void writtenTensors_comeBack() throws Exception {
    Path file = directory.resolve("adapter.safetensors");
    SafetensorsWriter.write(file, someTensors(), Map.of("format", "pt", "note", "ä \"q\""));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.names()).containsExactly("steps", "b", "w", "h");
      assertThat(read.metadata()).containsExactlyEntriesOf(ordered());
      assertThat(read.entry("w").shape()).containsExactly(2, 2);
      assertThat(TensorValues.toFloats(DType.F32, read.buffer("w"))).containsExactly(1, 2, 3, 4);
      assertThat(TensorValues.toFloats(DType.BF16, read.buffer("h"))).containsExactly(-1.5f);
      assertThat(TensorValues.toLongs(read.buffer("steps"))).containsExactly(7, -100);
      assertThat(read.buffer("b").remaining()).isZero();
    }
  }

  @Test
  void dataSection_startsAlignedToEightBytes() throws Exception {
    for (int length = 1; length <= 16; length++) {
      Path file = directory.resolve("n" + length);
      TensorData tensor = TensorData.ofFloats("x".repeat(length), new long[] {1}, new float[] {1});
      SafetensorsWriter.write(file, List.of(tensor), Map.of());
      byte[] bytes = Files.readAllBytes(file);
      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8).isZero();
      assertThat(bytes.length % 8).isEqualTo(4);
    }
  }

  @Test
  void orderOfTensors_doesNotChangeTheBytes() throws Exception {
    List<TensorData> reversed = new ArrayList<>(someTensors());
    Collections.reverse(reversed);
    Path one = directory.resolve("one");
    Path other = directory.resolve("other");
    SafetensorsWriter.write(one, someTensors(), Map.of("a", "1", "b", "2"));
    SafetensorsWriter.write(other, reversed, Map.of("b", "2", "a", "1"));
    assertThat(other).hasSameBinaryContentAs(one);
  }

  @Test
  void goldenModel_writtenAgainIsTheSameModel() throws Exception {
    Path copy = directory.resolve("copy.safetensors");
    try (SafetensorsFile golden =
        SafetensorsFile.open(Golden.path("llama-gqa/model/model.safetensors"))) {
      List<TensorData> tensors = new ArrayList<>();
      for (String name : golden.names()) {
        TensorEntry entry = golden.entry(name);
        tensors.add(new TensorData(name, entry.dtype(), entry.shape(), golden.buffer(name)));
      }
      SafetensorsWriter.write(copy, tensors, golden.metadata());
      try (SafetensorsFile written = SafetensorsFile.open(copy)) {
        assertThat(written.names()).containsExactlyInAnyOrderElementsOf(golden.names());
        for (String name : golden.names()) {
          assertThat(written.buffer(name)).isEqualTo(golden.buffer(name));
          assertThat(written.entry(name).hasShape(golden.entry(name).shape())).isTrue();
        }
      }
    }
  }

  @Test
  void existingFile_isReplacedAndNothingElseIsLeft() throws Exception {
    Path file = Files.writeString(directory.resolve("adapter.safetensors"), "old");
    SafetensorsWriter.write(file, someTensors(), Map.of());
    SafetensorsFile.open(file).close();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void sameNameTwice_isRefused() {
    TensorData tensor = TensorData.ofFloats("w", new long[] {1}, new float[1]);
    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(directory.resolve("x"), List.of(tensor, tensor), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void bytesThatDoNotFillTheShape_areRefused() {
    assertThatThrownBy(() -> TensorData.ofFloats("w", new long[] {2, 2}, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor w: F32 of shape [2, 2] takes 16 bytes, got 12");
  }

  private static List<TensorData> someTensors() {
    return List.of(
        TensorData.ofFloats("w", new long[] {2, 2}, new float[] {1, 2, 3, 4}),
        new TensorData(
            "h",
            DType.BF16,
            new long[] {1},
            TensorValues.fromFloats(DType.BF16, new float[] {-1.5f})),
        new TensorData(
            "steps", DType.I64, new long[] {2}, TensorValues.fromLongs(new long[] {7, -100})),
        TensorData.ofFloats("b", new long[] {0}, new float[0]));
  }

  private static Map<String, String> ordered() {
    Map<String, String> metadata = new java.util.LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("note", "ä \"q\"");
    return metadata;
  }
}
