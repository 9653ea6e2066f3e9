package dev.floe.worker.config;

import dev.floe.worker.config.Rope.Scaling;
import dev.floe.worker.safetensors.DType;
import java.util.Optional;

/** Reads the config keys of the LLaMA family. */
final class LlamaConfigReader {
  private static final int MOST_LAYERS = 1_000;
  private static final int WIDEST = 1 << 20;
  private static final int LARGEST_VOCABULARY = 1 << 24;
  private static final int LONGEST_CONTEXT = 1 << 28;
  private static final double DEFAULT_THETA = 10_000;
  private static final double DEFAULT_INITIALIZER_RANGE = 0.02;

  private LlamaConfigReader() {}

  static LlamaConfig read(String modelType, ConfigJson json) {
    refuseUnsupported(json);
    int hidden = json.size("hidden_size", WIDEST);
    int heads = json.size("num_attention_heads", WIDEST);
    int keyValueHeads = json.size("num_key_value_heads", heads, heads);
    if (heads % keyValueHeads != 0) {
      throw json.invalid(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(heads, keyValueHeads));
    }
    int vocabulary = json.size("vocab_size", LARGEST_VOCABULARY);
    boolean llama = modelType.equals("llama");
    boolean attentionBias = llama && json.flag("attention_bias", false);
    return new LlamaConfig(
        modelType,
        json.size("num_hidden_layers", MOST_LAYERS),
        hidden,
        json.size("intermediate_size", WIDEST),
        heads,
        keyValueHeads,
        headDimension(json, hidden, heads),
        vocabulary,
        longestContext(modelType, json),
        json.positive("rms_norm_eps"),
        rope(json),
        attentionBias || modelType.equals("qwen2"),
        attentionBias,
        llama && json.flag("mlp_bias", false),
        json.flag("tie_word_embeddings", false),
        json.positive("initializer_range", DEFAULT_INITIALIZER_RANGE),
        storedType(json),
        new SpecialTokens(
            json.token("bos_token_id", vocabulary),
            json.tokens("eos_token_id", vocabulary),
            json.token("pad_token_id", vocabulary)));
  }

  private static void refuseUnsupported(ConfigJson json) {
    String activation = json.string("hidden_act", "silu");
    if (!activation.equals("silu")) {
      throw json.unsupported("hidden_act", activation, "silu");
    }
    if (json.has("quantization_config")) {
      throw json.invalid(
          "quantization_config: quantised checkpoints are not read; use the original weights");
    }
  }

  private static int headDimension(ConfigJson json, int hidden, int heads) {
    if (!json.has("head_dim") && hidden % heads != 0) {
      throw json.invalid(
          "hidden_size %d is no multiple of num_attention_heads %d, and there is no head_dim"
              .formatted(hidden, heads));
    }
    int dimension = json.size("head_dim", WIDEST, hidden / heads);
    if (dimension % 2 != 0) {
      throw json.invalid("the head size must be even for rotary embeddings, got " + dimension);
    }
    return dimension;
  }

  private static int longestContext(String modelType, ConfigJson json) {
    int positions = json.size("max_position_embeddings", LONGEST_CONTEXT);
    boolean slides =
        modelType.equals("mistral")
            || (modelType.equals("qwen2") && json.flag("use_sliding_window", false));
    return slides
        ? Math.min(positions, json.size("sliding_window", LONGEST_CONTEXT, positions))
        : positions;
  }

  private static Rope rope(ConfigJson json) {
    Optional<ConfigJson> parameters = json.object("rope_parameters");
    double topLevel = json.positive("rope_theta", DEFAULT_THETA);
    double theta = parameters.map(p -> p.positive("rope_theta", topLevel)).orElse(topLevel);
    Scaling scaling =
        parameters
            .or(() -> json.object("rope_scaling"))
            .map(LlamaConfigReader::scaling)
            .orElseGet(Rope.Unscaled::new);
    return new Rope(theta, scaling);
  }

  private static Scaling scaling(ConfigJson rope) {
    if (rope.positive("partial_rotary_factor", 1) != 1) {
      throw rope.invalid("partial_rotary_factor other than 1 is not supported for this family");
    }
    String key = rope.has("rope_type") ? "rope_type" : "type";
    String type = rope.string(key, "default");
    return switch (type) {
      case "default" -> new Rope.Unscaled();
      case "linear" -> new Rope.Linear(rope.positive("factor"));
      case "llama3" -> llama3(rope);
      default -> throw rope.unsupported(key, type, "default, linear, llama3");
    };
  }

  private static Scaling llama3(ConfigJson rope) {
    double low = rope.positive("low_freq_factor");
    double high = rope.positive("high_freq_factor");
    if (low >= high) {
      throw rope.invalid(
          "low_freq_factor %s must be below high_freq_factor %s".formatted(low, high));
    }
    return new Rope.Llama3(
        rope.positive("factor"), low, high, rope.positive("original_max_position_embeddings"));
  }

  /** {@code dtype}, or {@code torch_dtype} as it was called before, such as {@code bfloat16}. */
  private static DType storedType(ConfigJson json) {
    String key = json.has("dtype") ? "dtype" : "torch_dtype";
    if (!json.has(key)) {
      return null;
    }
    String name = json.string(key);
    return switch (name) {
      case "float32" -> DType.F32;
      case "float16" -> DType.F16;
      case "bfloat16" -> DType.BF16;
      default -> throw json.unsupported(key, name, "float32, float16, bfloat16");
    };
  }
}
