package dev.floe.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.protocol.backbone.LinearPart;
import dev.floe.worker.Golden;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneInspector.Part;
import dev.floe.worker.safetensors.DType;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneInspectorTest {
  @TempDir Path directory;

  @BeforeEach
  void copyConfig() throws IOException {
    Files.copy(Golden.path("llama-gqa/model/config.json"), directory.resolve("config.json"));
    Files.writeString(directory.resolve("tokenizer.json"), "{}");
  }

  @Test
  void goldenBackbone_isDescribed() throws Exception {
    Path golden = Golden.path("llama-gqa/model");
    BackboneDescription description = BackboneInspector.describe(golden, EnumSet.of(Part.WEIGHTS));
    assertThat(description)
        .isEqualTo(
            new BackboneDescription(
                golden.toString(),
                "llama",
                2,
                32,
                128,
                128,
                elementsOf(golden.resolve("model.safetensors")),
                "model.layers",
                List.of(
                    new Target("self_attn.q_proj", LinearPart.QUERY, 32, 32),
                    new Target("self_attn.k_proj", LinearPart.KEY, 32, 16),
                    new Target("self_attn.v_proj", LinearPart.VALUE, 32, 16),
                    new Target("self_attn.o_proj", LinearPart.ATTENTION_OUTPUT, 32, 32),
                    new Target("mlp.gate_proj", LinearPart.MLP_INPUT, 32, 56),
                    new Target("mlp.up_proj", LinearPart.MLP_INPUT, 32, 56),
                    new Target("mlp.down_proj", LinearPart.MLP_OUTPUT, 56, 32))));
  }

  @Test
  void layout_namesExactlyTheTensorsOfTheGoldenModels() throws Exception {
    for (String model : List.of("llama/model", "llama-gqa/model")) {
      BackboneLayout layout = BackboneConfig.read(Golden.path(model)).layout();
      try (SafetensorsFile file =
          SafetensorsFile.open(Golden.path(model).resolve("model.safetensors"))) {
        assertThat(layout.weights().stream().map(WeightSlot::name))
            .containsExactlyInAnyOrderElementsOf(file.names());
      }
    }
  }

  @Test
  void layoutPaths_areThoseOfTheArchitecture() throws Exception {
    BackboneLayout layout = BackboneConfig.read(directory).layout();
    TargetModule gate = layout.target("gate_proj").orElseThrow();
    assertThat(layout.modulePath(1, gate)).isEqualTo("model.layers.1.mlp.gate_proj");
    assertThat(layout.target("nope")).isEmpty();
  }

  @Test
  void biasesAndTiedHead_changeTheSlots() throws Exception {
    Path config = directory.resolve("config.json");
    String text = Files.readString(config);
    long plain = BackboneConfig.read(directory).layout().parameters();
    Files.writeString(
        config,
        text.replace("\"model_type\": \"llama\"", "\"model_type\": \"qwen2\"")
            .replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
    BackboneLayout layout = BackboneConfig.read(directory).layout();
    assertThat(layout.weights())
        .contains(WeightSlot.of("model.layers.1.self_attn.k_proj.bias", WeightSlot.Kind.BIAS, 16))
        .noneMatch(slot -> slot.name().equals("lm_head.weight"))
        .noneMatch(slot -> slot.name().endsWith("o_proj.bias"));
    assertThat(layout.parameters()).isEqualTo(plain - 128 * 32 + 2 * (32 + 16 + 16));
  }

  @Test
  void completeDirectory_isAccepted() throws Exception {
    rewrite(tensor -> tensor);
    assertThat(BackboneInspector.describe(directory).layers()).isEqualTo(2);
  }

  @Test
  void missingTensor_isRefusedByName() throws Exception {
    rewrite(tensor -> tensor.name().equals("model.layers.1.mlp.up_proj.weight") ? null : tensor);
    assertRefused("the weights hold no tensor \"model.layers.1.mlp.up_proj.weight\"");
  }

  @Test
  void wrongShape_isRefusedWithBothShapes() throws Exception {
    rewrite(
        tensor ->
            tensor.name().equals("model.norm.weight")
                ? TensorData.ofFloats(tensor.name(), new long[] {1, 32}, new float[32])
                : tensor);
    assertRefused("tensor \"model.norm.weight\" has shape [1, 32], but config.json asks for [32]");
  }

  @Test
  void weightsThatAreWholeNumbers_areRefused() throws Exception {
    rewrite(
        tensor ->
            tensor.name().equals("model.norm.weight")
                ? new TensorData(tensor.name(), DType.I8, tensor.shape(), ByteBuffer.allocate(32))
                : tensor);
    assertRefused("tensor \"model.norm.weight\" holds I8");
  }

  @Test
  void missingTokenizer_isRefused() throws Exception {
    rewrite(tensor -> tensor);
    Files.delete(directory.resolve("tokenizer.json"));
    assertRefused("tokenizer.json: is missing");
  }

  @Test
  void pickleOnly_isRefused() throws Exception {
    Files.writeString(directory.resolve("pytorch_model.bin"), "PK");
    assertRefused("pytorch_model.bin");
  }

  @Test
  void truncatedWeights_areRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Golden.path("llama-gqa/model/model.safetensors"));
    Files.write(directory.resolve("model.safetensors"), java.util.Arrays.copyOf(whole, 50_000));
    assertRefused("the file is damaged");
  }

  @Test
  void configAlone_isEnoughForRandomInitialisation() throws Exception {
    assertThat(BackboneInspector.describe(directory, Set.of(Part.TOKENIZER)).parameters())
        .isEqualTo(elementsOf(Golden.path("llama-gqa/model/model.safetensors")));
    assertRefused("holds neither model.safetensors nor");
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> BackboneInspector.describe(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(problem)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  /** Writes the golden weights into the directory, each as {@code change} makes it; null drops. */
  private void rewrite(UnaryOperator<TensorData> change) throws IOException {
    try (SafetensorsFile golden =
        SafetensorsFile.open(Golden.path("llama-gqa/model/model.safetensors"))) {
      List<TensorData> tensors = new ArrayList<>();
      for (String name : golden.names()) {
        TensorEntry entry = golden.entry(name);
        TensorData changed =
            change.apply(new TensorData(name, entry.dtype(), entry.shape(), golden.buffer(name)));
        if (changed != null) {
          tensors.add(changed);
        }
      }
      SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors, Map.of());
    }
  }

  private static long elementsOf(Path file) throws IOException {
    long elements = 0;
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      for (String name : weights.names()) {
        elements += weights.entry(name).elements();
      }
    }
    return elements;
  }
}
