package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What placements mean on real layouts, and how the files say so in PEFT's words. */
class PlacementFilesTest {
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

  static Stream<Arguments> placements() {
    Placement qv = Placement.ofRole("qv");
    return Stream.of(
        arguments("llama", qv, "[\"q_proj\",\"v_proj\"]", "null"),
        arguments("bloom", qv, "[\"query_key_value\"]", "null"),
        arguments("gptj", qv.in(new LayerSet("1")), "[\"q_proj\",\"v_proj\"]", "[1]"),
        arguments("gpt_neox", qv.in(new LayerSet("0..1")), "[\"query_key_value\"]", "null"),
        arguments("opt", qv.in(new LayerSet("first-half")), "[\"q_proj\",\"v_proj\"]", "[0]"),
        arguments(
            "bloom",
            Placement.ofRole("all-linear"),
            "[\"query_key_value\",\"dense\",\"dense_h_to_4h\",\"dense_4h_to_h\"]",
            "null"),
        arguments(
            "gptj",
            Placement.ofRole("qkvo").in(new LayerSet("last-third")),
            "[\"q_proj\",\"k_proj\",\"v_proj\",\"out_proj\"]",
            "[1]"),
        arguments("llama", Placement.ofMatch(".*\\.up_proj"), "[\"up_proj\"]", "null"),
        arguments(
            "llama",
            Placement.ofMatch("model\\.layers\\.(0\\.mlp\\.up|1\\.self_attn\\.q)_proj"),
            "[\"model.layers.0.mlp.up_proj\",\"model.layers.1.self_attn.q_proj\"]",
            "null"));
  }

  @ParameterizedTest
  @MethodSource("placements")
  void placement_isWrittenResolved_andReadBack(
      String model, Placement placement, String modules, String layers) throws IOException {
    Backbone backbone = backbones.get(model);
    AdapterSpec spec = AdapterSpec.Lora.plain(placement, 2, 4, 0);
    try (Adapter made = Adapters.create(spec, backbone, 3)) {
      AdapterFiles.save(directory, made, spec, backbone);
      JsonNode config =
          new ObjectMapper().readTree(directory.resolve("adapter_config.json").toFile());
      assertThat(config.get("target_modules")).hasToString(modules);
      assertThat(config.get("layers_to_transform")).hasToString(layers);
      try (Adapter read = AdapterFiles.load(directory, backbone)) {
        assertThat(read.parameters())
            .extracting(parameter -> parameter.name())
            .containsExactlyElementsOf(made.parameters().stream().map(p -> p.name()).toList());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5..6 | adapter.placement: layers 5..6 do not exist; the backbone has layers 0..1",
        "0,2  | adapter.placement: layers 0,2 do not exist; the backbone has layers 0..1"
      })
  void layersThatDoNotExist_areRefused(String layers, String message) throws IOException {
    Placement placement = Placement.ofRole("mlp").in(new LayerSet(layers));
    Backbone backbone = backbones.get("llama");
    assertThatThrownBy(
            () -> Adapters.create(AdapterSpec.Lora.plain(placement, 2, 4, 0), backbone, 0).close())
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(message);
  }
}
