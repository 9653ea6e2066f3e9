package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters that PEFT wrote, read by floe and written again: the same files, to the letter. */
class GoldenAdapterFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What encoders give is computed, not copied. */
  private static final Offset<Float> ROUNDING = Offset.offset(1e-6f);

  private static GoldenBackbones backbones;

  @TempDir Path directory;

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones();
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  static Stream<Arguments> adapters() {
    Stream<Arguments> onAllModels =
        GoldenBackbones.NAMES.stream()
            .flatMap(
                model ->
                    Stream.of("lora-qv", "lora-all", "prefix")
                        .map(name -> Arguments.of(model, name)));
    return Stream.concat(onAllModels, GoldenBackbones.adapterVariants());
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void adapterOfPeft_isWrittenAsItWasRead(String model, String name) throws IOException {
    Path fixture = new GoldenModel(model).adapterDirectory(name);
    Backbone backbone = backbones.get(model);
    JsonNode config = config(fixture);
    try (Adapter adapter = new GoldenModel(model).adapter(name, backbone)) {
      AdapterFiles.save(directory, adapter, spec(config), backbone);
    }
    assertSameTensors(fixture, directory);
    for (Map.Entry<String, JsonNode> field : config(directory).properties()) {
      if (field.getKey().equals("target_modules")) { // a set in Python, without an order
        assertThat(field.getValue())
            .containsExactlyInAnyOrderElementsOf(config.get("target_modules"));
      } else if (!field.getKey().equals("base_model_name_or_path")) {
        assertThat(field.getValue()).as(field.getKey()).isEqualTo(config.get(field.getKey()));
      }
    }
  }

  private static void assertSameTensors(Path one, Path other) throws IOException {
    String weights = "adapter_model.safetensors";
    try (SafetensorsFile expected = SafetensorsFile.open(one.resolve(weights));
        SafetensorsFile actual = SafetensorsFile.open(other.resolve(weights))) {
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : expected.names()) {
        assertThat(actual.entry(name).shape()).isEqualTo(expected.entry(name).shape());
        float[] values = GoldenModel.floats(expected, name);
        assertThat(GoldenModel.floats(actual, name)).as(name).containsExactly(values, ROUNDING);
      }
    }
  }

  @Test
  void prefixOfAnotherBackbone_isRefusedInOneLine() {
    Path fixture = new GoldenModel("bloom-6heads").adapterDirectory("prefix");
    assertThatThrownBy(() -> AdapterFiles.load(fixture, backbones.get("bloom")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("prompt_embeddings")
        .hasMessageContaining("the adapter was made for another backbone");
  }

  @Test
  void prefixLongerThanTheContext_isRefused() {
    assertThatThrownBy(
            () -> Adapters.create(AdapterSpec.Prefix.plain(128), backbones.get("opt"), 0).close())
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(
            "adapter.virtual-tokens 128 leave no room for text: the backbone's context is 128"
                + " tokens");
  }

  private static AdapterSpec spec(JsonNode config) {
    switch (config.get("peft_type").asText()) {
      case "PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING" -> {
        return GoldenModel.virtualTokens(config);
      }
      default -> {}
    }
    List<String> modules = new ArrayList<>();
    config.get("target_modules").forEach(module -> modules.add(module.asText()));
    Placement placement = Placement.ofModules(modules);
    if (config.get("peft_type").asText().equals("IA3")) {
      return new AdapterSpec.Ia3(placement);
    }
    return new AdapterSpec.Lora(
        placement,
        config.get("r").asInt(),
        config.get("lora_alpha").asDouble(),
        0,
        config.get("use_rslora").asBoolean(),
        config.get("use_dora").asBoolean(),
        AdapterSpec.Bias.valueOf(config.get("bias").asText().toUpperCase(Locale.ROOT)),
        null);
  }

  private static JsonNode config(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("adapter_config.json").toFile());
  }
}
