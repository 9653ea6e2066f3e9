package dev.floe.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path directory;

  @Test
  void singleFile_isFound() throws Exception {
    try (WeightFiles weights = WeightFiles.open(Golden.path("llama/model"))) {
      assertThat(weights.names()).contains("model.norm.weight", "lm_head.weight").hasSize(21);
      assertThat(weights.entry("lm_head.weight").shape()).containsExactly(128, 32);
      assertThat(weights.buffer("model.norm.weight").remaining()).isEqualTo(128);
    }
  }

  @Test
  void shards_areOpenedWhenTheirTensorsAreAskedFor() throws Exception {
    shard("one.safetensors", "a", 1);
    index("{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}");
    try (WeightFiles weights = WeightFiles.open(directory)) {
      assertThat(weights.names()).containsExactly("a", "b");
      assertThat(TensorValues.toFloats(DType.F32, weights.buffer("a"))).containsExactly(1);
      assertThatThrownBy(() -> weights.entry("b"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("two.safetensors: is missing")
          .hasMessageContaining("tensor \"b\"");
      shard("two.safetensors", "b", 2);
      assertThat(TensorValues.toFloats(DType.F32, weights.buffer("b"))).containsExactly(2);
      assertThat(weights.pathOf("b")).isEqualTo(directory.resolve("two.safetensors"));
    }
  }

  @Test
  void shardWithoutItsTensor_isRefused() throws Exception {
    shard("one.safetensors", "a", 1);
    index("{\"b\":\"one.safetensors\"}");
    try (WeightFiles weights = WeightFiles.open(directory)) {
      assertThatThrownBy(() -> weights.buffer("b"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("one.safetensors: holds no tensor \"b\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"../one.safetensors\"",
        "\"/etc/one.safetensors\"",
        "\"sub/one.safetensors\"",
        "\"..\\\\one.safetensors\"",
        "\"one.bin\"",
        "\"\\u0000.safetensors\"",
        "17",
        "null",
      })
  void indexThatLeadsElsewhere_isRefused(String shard) throws Exception {
    index("{\"a\":" + shard + "}");
    assertThatThrownBy(() -> WeightFiles.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("puts tensor \"a\" into");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"weight_map\":[]}", "{\"weight_map\":", "\"x\"", ""})
  void brokenIndex_isRefusedNamingIt(String text) throws Exception {
    Files.writeString(directory.resolve(INDEX), text);
    assertThatThrownBy(() -> WeightFiles.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining(INDEX);
  }

  @Test
  void deeplyNestedIndex_isRefused() throws Exception {
    Files.writeString(directory.resolve(INDEX), "{\"weight_map\":".repeat(100_000));
    assertThatThrownBy(() -> WeightFiles.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("nesting depth");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch_model.bin", "model.pt", "consolidated.00.pth"})
  void pickleOnly_isRefusedSayingHowToConvert(String name) throws Exception {
    Files.writeString(directory.resolve(name), "PK");
    assertThatThrownBy(() -> WeightFiles.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("safe_serialization=True");
  }

  @Test
  void noWeights_areRefused() {
    assertThatThrownBy(() -> WeightFiles.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("holds neither model.safetensors nor " + INDEX);
  }

  @Test
  void noDirectory_isRefused() {
    assertThatThrownBy(() -> WeightFiles.open(directory.resolve("none")))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("there is no such directory");
  }

  private void shard(String name, String tensor, float value) throws IOException {
    SafetensorsWriter.write(
        directory.resolve(name),
        List.of(TensorData.ofFloats(tensor, new long[] {1}, new float[] {value})),
        Map.of());
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        directory.resolve(INDEX),
        "{\"metadata\":{\"total_size\":8},\"weight_map\":" + weightMap + "}");
  }
}
