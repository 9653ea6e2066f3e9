package dev.floe.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.InvalidJobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configs of BLOOM, GPT-J, OPT and GPT-NeoX, as transformers wrote them over time. */
class ArchitectureConfigTest {
  /** As the models' own repositories have them, without what floe does not look at. */
  private static final String BLOOM_560M =
      """
      {"model_type": "bloom", "n_embed": 1024, "num_attention_heads": 16, "n_layer": 24,
       "vocab_size": 250880, "seq_length": 2048, "layer_norm_epsilon": 1e-05,
       "apply_residual_connection_post_layernorm": false, "bos_token_id": 1, "eos_token_id": 2,
       "pad_token_id": 3, "unk_token_id": 0}
      """;

  private static final String GPT_J_6B =
      """
      {"model_type": "gptj", "activation_function": "gelu_new", "n_embd": 4096, "n_head": 16,
       "n_inner": null, "n_layer": 28, "n_positions": 2048, "rotary": true, "rotary_dim": 64,
       "layer_norm_epsilon": 1e-05, "tie_word_embeddings": false, "vocab_size": 50400,
       "bos_token_id": 50256, "eos_token_id": 50256}
      """;

  private static final String OPT_350M =
      """
      {"model_type": "opt", "activation_function": "relu", "do_layer_norm_before": false,
       "ffn_dim": 4096, "hidden_size": 1024, "max_position_embeddings": 2048,
       "num_attention_heads": 16, "num_hidden_layers": 24, "vocab_size": 50272,
       "word_embed_proj_dim": 512, "torch_dtype": "float16", "bos_token_id": 2, "eos_token_id": 2,
       "pad_token_id": 1}
      """;

  private static final String PYTHIA_70M =
      """
      {"model_type": "gpt_neox", "hidden_act": "gelu", "hidden_size": 512,
       "intermediate_size": 2048, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
       "num_attention_heads": 8, "num_hidden_layers": 6, "rotary_emb_base": 10000,
       "rotary_pct": 0.25, "tie_word_embeddings": false, "use_parallel_residual": true,
       "vocab_size": 50304, "torch_dtype": "float16", "bos_token_id": 0, "eos_token_id": 0}
      """;

  @TempDir Path directory;

  @Test
  void bloom_isReadInEitherSpelling() throws IOException {
    BloomConfig config = (BloomConfig) read(BLOOM_560M);
    assertThat(config.headDimension()).isEqualTo(64);
    assertThat(config.intermediate()).isEqualTo(4096);
    assertThat(config.longestContext()).isEqualTo(2048);
    String renamed =
        BLOOM_560M
            .replace("n_embed", "hidden_size")
            .replace("num_attention_heads", "n_head")
            .replace("n_layer", "num_hidden_layers");
    assertThat(read(renamed)).isEqualTo(config);
  }

  @Test
  void gptJ_isReadInEitherSpelling() throws IOException {
    GptJConfig config = (GptJConfig) read(GPT_J_6B);
    assertThat(config.intermediate()).isEqualTo(4 * 4096);
    assertThat(config.rotaryDimensions()).isEqualTo(64);
    assertThat(config.activation()).isEqualTo("gelu_tanh");
    String renamed =
        GPT_J_6B
            .replace("n_embd", "hidden_size")
            .replace("n_head", "num_attention_heads")
            .replace("n_layer", "num_hidden_layers")
            .replace("n_positions", "max_position_embeddings");
    assertThat(read(renamed)).isEqualTo(config);
  }

  @Test
  void optWithNormsBehind_hasProjectionsAndNoFinalNorm() throws IOException {
    OptConfig config = (OptConfig) read(OPT_350M);
    assertThat(config.normBefore()).isFalse();
    assertThat(config.finalNorm()).isFalse();
    assertThat(config.layout().weights())
        .extracting(WeightSlot::name)
        .contains("model.decoder.project_in.weight", "model.decoder.project_out.weight")
        .doesNotContain("model.decoder.final_layer_norm.weight", "lm_head.weight");
  }

  @Test
  void gptNeoX_isReadInEitherSpelling() throws IOException {
    GptNeoXConfig config = (GptNeoXConfig) read(PYTHIA_70M);
    assertThat(config.rotaryDimensions()).isEqualTo(16);
    String renamed =
        PYTHIA_70M
            .replace("\"rotary_emb_base\": 10000,", "")
            .replace(
                "\"rotary_pct\": 0.25",
                """
                "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0,
                                    "partial_rotary_factor": 0.25}""");
    assertThat(renamed).isNotEqualTo(PYTHIA_70M);
    assertThat(read(renamed)).isEqualTo(config);
  }

  /** As transformers counts them. */
  @ParameterizedTest
  @CsvSource({
    "BLOOM_560M, 559214592",
    "GPT_J_6B, 6050882784",
    "OPT_350M, 331196416",
    "PYTHIA_70M, 70426624"
  })
  void parameters_areThoseOfThePublishedModel(String model, long parameters) throws IOException {
    assertThat(read(named(model)).layout().parameters()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "BLOOM_560M | post_layernorm\": false | post_layernorm\": true | apply_residual_connection_post_layernorm \"true\" is not supported; supported: false",
        "BLOOM_560M | \"num_attention_heads\": 16 | \"num_attention_heads\": 15 | the hidden size 1024 is no multiple of num_attention_heads 15",
        "GPT_J_6B | \"rotary_dim\": 64 | \"rotary_dim\": 63 | rotary_dim must be even, got 63",
        "GPT_J_6B | \"rotary_dim\": 64 | \"rotary_dim\": 512 | rotary_dim must be a whole number from 1 to 256",
        "GPT_J_6B | gelu_new | mish | activation_function \"mish\" is not supported; supported: gelu,",
        "OPT_350M | \"ffn_dim\": 4096 | \"ffn_dim\": 0 | ffn_dim must be a whole number from 1",
        "OPT_350M | \"vocab_size\" | \"layer_norm_elementwise_affine\": false, \"vocab_size\" | layer_norm_elementwise_affine \"false\" is not supported",
        "PYTHIA_70M | \"rotary_pct\": 0.25 | \"rotary_pct\": 1.5 | rotary_pct must be at most 1, got 1.5",
        "PYTHIA_70M | \"rotary_pct\": 0.25 | \"rotary_pct\": 0.05 | 3: it must be an even number",
        "PYTHIA_70M | \"model_type\": \"gpt_neox\" | \"model_type\": \"gpt2\" | model_type \"gpt2\" is not supported; supported: llama, mistral, qwen2, bloom, gptj, opt, gpt_neox",
      })
  void whatFloeDoesNotCompute_isRefusedInOneLine(
      String model, String from, String to, String problem) {
    String config = named(model).replace(from, to);
    assertThat(config).isNotEqualTo(named(model));
    assertThatThrownBy(() -> read(config))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageStartingWith(directory.resolve("config.json").toString())
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void weightWithoutTheBasePath_isFoundWhenThatIsAllThereIs() throws IOException {
    BackboneLayout layout = read(BLOOM_560M).layout();
    WeightSlot slot = layout.weights().get(0);
    assertThat(slot.name()).isEqualTo("transformer.word_embeddings.weight");
    String bare = "word_embeddings.weight";
    assertThat(layout.storedName(slot, Set.of(bare))).isEqualTo(bare);
    assertThat(layout.storedName(slot, Set.of(bare, slot.name()))).isEqualTo(slot.name());
    assertThat(layout.storedName(slot, Set.of())).isEqualTo(slot.name());
  }

  private static String named(String model) {
    return switch (model) {
      case "BLOOM_560M" -> BLOOM_560M;
      case "GPT_J_6B" -> GPT_J_6B;
      case "OPT_350M" -> OPT_350M;
      default -> PYTHIA_70M;
    };
  }

  private BackboneConfig read(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), json);
    return BackboneConfig.read(directory);
  }
}
