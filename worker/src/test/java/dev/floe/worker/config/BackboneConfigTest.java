package dev.floe.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.safetensors.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackboneConfigTest {
  /** LLaMA as transformers 4.2x wrote it. */
  private static final String OLD_LLAMA =
      """
      {"architectures": ["LlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2,
       "pad_token_id": -1, "hidden_act": "silu", "hidden_size": 64, "initializer_range": 0.01,
       "intermediate_size": 172, "max_position_embeddings": 2048, "max_sequence_length": 2048,
       "model_type": "llama", "num_attention_heads": 8, "num_hidden_layers": 3,
       "rms_norm_eps": 1e-05, "torch_dtype": "float16", "use_cache": true, "vocab_size": 320}
      """;

  @TempDir Path directory;

  @Test
  void goldenConfig_ofNewTransformers_isRead() throws Exception {
    BackboneConfig config = BackboneConfig.read(Golden.path("llama-gqa/model"));
    assertThat(config)
        .isEqualTo(
            new LlamaConfig(
                "llama",
                2,
                32,
                56,
                4,
                2,
                8,
                128,
                128,
                1e-6,
                new Rope(10_000, new Rope.Unscaled()),
                false,
                false,
                false,
                false,
                0.1,
                DType.F32,
                new SpecialTokens(1, List.of(2), 0)));
  }

  @Test
  void configOfOldTransformers_isRead() throws Exception {
    LlamaConfig config = read(OLD_LLAMA);
    assertThat(config.keyValueHeads()).isEqualTo(8);
    assertThat(config.headDimension()).isEqualTo(8);
    assertThat(config.storedType()).isEqualTo(DType.F16);
    assertThat(config.rope()).isEqualTo(new Rope(10_000, new Rope.Unscaled()));
    assertThat(config.specialTokens()).isEqualTo(new SpecialTokens(1, List.of(2), null));
    assertThat(config.initializerRange()).isEqualTo(0.01);
  }

  @Test
  void topLevelThetaAndScaling_areRead() throws Exception {
    LlamaConfig config =
        read(
            with("\"rope_theta\": 5e5, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}"));
    assertThat(config.rope()).isEqualTo(new Rope(500_000, new Rope.Linear(2)));
  }

  @Test
  void ropeParameters_winOverTheOldKeys() throws Exception {
    LlamaConfig config =
        read(
            with(
                """
                "rope_theta": 1.0, "rope_scaling": {"type": "yarn"},
                "rope_parameters": {"rope_theta": 20000, "rope_type": "llama3", "factor": 8,
                  "low_freq_factor": 1, "high_freq_factor": 4,
                  "original_max_position_embeddings": 8192}"""));
    assertThat(config.rope()).isEqualTo(new Rope(20_000, new Rope.Llama3(8, 1, 4, 8192)));
  }

  @Test
  void nullValues_countAsAbsent() throws Exception {
    LlamaConfig config =
        read(
            with(
                """
                "rope_scaling": null, "head_dim": null, "num_key_value_heads": null,
                "dtype": null, "sliding_window": null"""));
    assertThat(config.headDimension()).isEqualTo(8);
    assertThat(config.storedType()).isEqualTo(DType.F16);
  }

  @Test
  void severalEndTokens_areKeptInOrder() throws Exception {
    LlamaConfig config = read(OLD_LLAMA.replace("\"eos_token_id\": 2", "\"eos_token_id\": [9, 2]"));
    assertThat(config.specialTokens().eos()).containsExactly(9, 2);
  }

  @Test
  void generationConfig_mayNameFurtherTokensThatEndATextButTheFirstStays() throws IOException {
    Files.writeString(
        directory.resolve("generation_config.json"),
        "{\"eos_token_id\": [7, 2, 9], \"top_p\": 0.9}");
    assertThat(read(OLD_LLAMA).specialTokens().eos()).containsExactly(2, 7, 9);

    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": \"x\"}");
    assertThatThrownBy(() -> read(OLD_LLAMA))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("generation_config.json: eos_token_id must be a token id");
  }

  @Test
  void llamaBiases_followTheConfig() throws Exception {
    LlamaConfig config = read(with("\"attention_bias\": true, \"mlp_bias\": true"));
    assertThat(config.queryKeyValueBias()).isTrue();
    assertThat(config.outputBias()).isTrue();
    assertThat(config.mlpBias()).isTrue();
  }

  @Test
  void qwen2_hasBiasesOnQueryKeyAndValueOnly() throws Exception {
    LlamaConfig config = read(OLD_LLAMA.replace("\"llama\"", "\"qwen2\""));
    assertThat(config.queryKeyValueBias()).isTrue();
    assertThat(config.outputBias()).isFalse();
    assertThat(config.mlpBias()).isFalse();
  }

  @Test
  void slidingWindow_boundsTheContextWhereItIsUsed() throws Exception {
    String windowed = with("\"sliding_window\": 512, \"use_sliding_window\": false");
    assertThat(read(windowed.replace("\"llama\"", "\"mistral\"")).longestContext()).isEqualTo(512);
    assertThat(read(windowed.replace("\"llama\"", "\"qwen2\"")).longestContext()).isEqualTo(2048);
    assertThat(
            read(windowed.replace("\"llama\"", "\"qwen2\"").replace("false", "true"))
                .longestContext())
        .isEqualTo(512);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"llama\"            | \"mamba\"   | model_type \"mamba\" is not supported; supported: llama",
        "\"silu\"             | \"gelu\"    | hidden_act \"gelu\" is not supported; supported: silu",
        "\"float16\"          | \"int4\"    | torch_dtype \"int4\" is not supported",
        "\"model_type\"       | \"x\"       | model_type is missing",
        "\"vocab_size\"       | \"x\"       | vocab_size is missing",
        "\"rms_norm_eps\"     | \"x\"       | rms_norm_eps is missing",
        "\"hidden_size\": 64  | \"hidden_size\": \"64\" | hidden_size must be a whole number",
        "\"hidden_size\": 64  | \"hidden_size\": 64.5   | hidden_size must be a whole number",
        "\"hidden_size\": 64  | \"hidden_size\": 65     | hidden_size 65 is no multiple of",
        "\"num_hidden_layers\": 3 | \"num_hidden_layers\": 0          | num_hidden_layers must be",
        "\"num_hidden_layers\": 3 | \"num_hidden_layers\": 2147483647 | from 1 to 1000, got",
        "\"vocab_size\": 320  | \"vocab_size\": 99999999999 | vocab_size must be a whole number",
        "1e-05                | -1          | rms_norm_eps must be a number above 0",
        "1e-05                | 1e999       | rms_norm_eps must be a number above 0",
        "\"use_cache\"        | \"num_key_value_heads\": 3, \"x\"  | no multiple of num_key_value_heads 3",
        "\"use_cache\"        | \"num_key_value_heads\": 16, \"x\" | num_key_value_heads must be",
        "\"use_cache\"        | \"head_dim\": 7, \"x\"             | head size must be even",
        "\"use_cache\": true  | \"tie_word_embeddings\": \"yes\"   | must be true or false, got",
        "\"use_cache\": true  | \"quantization_config\": {}        | quantised checkpoints are not read",
        "\"use_cache\": true  | \"rope_scaling\": 3                | rope_scaling must be an object",
        "\"use_cache\": true  | \"rope_scaling\": {\"type\": \"yarn\"} | rope_scaling.type \"yarn\" is not",
        "\"use_cache\": true  | \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 0.5} | factor must be at least 1",
        "\"silu\"             | \"mish\"                 | hidden_act \"mish\" is not supported; supported: ",
        "\"use_cache\": true  | \"rope_scaling\": {\"type\": \"linear\"} | rope_scaling.factor is missing",
        "\"bos_token_id\": 1  | \"bos_token_id\": 320    | bos_token_id must be a token id below vocab_size 320",
        "\"bos_token_id\": 1  | \"bos_token_id\": [1, 2] | bos_token_id must be one token id",
        "\"eos_token_id\": 2  | \"eos_token_id\": [\"a\"] | eos_token_id must be a token id",
      })
  void unsupportedOrBrokenValue_isRefusedInOneLine(String from, String to, String problem)
      throws Exception {
    assertThat(OLD_LLAMA).contains(from);
    Path file = write(OLD_LLAMA.replace(from, to));
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{}{}", "{\"a\":1,\"a\":2}", "nonsense"})
  void fileThatIsNoJsonObject_isRefused(String text) throws Exception {
    write(text);
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void deepNesting_isRefused() throws Exception {
    write("{\"a\":".repeat(500_000));
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void hugeFile_isRefusedUnread() throws Exception {
    write(" ".repeat((int) BackboneConfig.LARGEST_FILE + 1));
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("more than the 4000000");
  }

  @Test
  void textThatIsNotUtf8_isRefused() throws Exception {
    byte[] bytes = OLD_LLAMA.getBytes(StandardCharsets.UTF_8);
    bytes[3] = (byte) 0xC3;
    Files.write(directory.resolve("config.json"), bytes);
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("is not valid UTF-8");
  }

  @Test
  void missingFileOrDirectory_isRefused() {
    assertThatThrownBy(() -> BackboneConfig.read(directory))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("config.json: is missing");
    assertThatThrownBy(() -> BackboneConfig.read(directory.resolve("none")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("there is no such directory");
  }

  private static String with(String entries) {
    return OLD_LLAMA.replace("\"use_cache\": true", entries);
  }

  private LlamaConfig read(String text) throws IOException {
    write(text);
    return (LlamaConfig) BackboneConfig.read(directory);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("config.json"), text);
  }
}
