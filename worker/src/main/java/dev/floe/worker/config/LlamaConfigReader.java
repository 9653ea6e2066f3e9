package dev.floe.worker.config;

/** Reads the config keys of the LLaMA family. */
final class LlamaConfigReader {
  private LlamaConfigReader() {}

  static LlamaConfig read(String modelType, ConfigJson json) {
    refuseUnsupported(json);
    int hidden = CommonKeys.width(json, "hidden_size");
    int heads = CommonKeys.width(json, "num_attention_heads");
    int keyValueHeads = json.size("num_key_value_heads", heads, heads);
    if (heads % keyValueHeads != 0) {
      throw json.invalid(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(heads, keyValueHeads));
    }
    int vocabulary = CommonKeys.vocabulary(json);
    boolean llama = modelType.equals("llama");
    boolean attentionBias = llama && json.flag("attention_bias", false);
    Rope rope = RopeReader.rope(json, "rope_theta");
    return new LlamaConfig(
        modelType,
        CommonKeys.layers(json, "num_hidden_layers"),
        hidden,
        CommonKeys.width(json, "intermediate_size"),
        heads,
        keyValueHeads,
        headDimension(json, hidden, heads),
        vocabulary,
        longestContext(modelType, rope, json),
        json.positive("rms_norm_eps"),
        rope,
        attentionBias || modelType.equals("qwen2"),
        attentionBias,
        llama && json.flag("mlp_bias", false),
        json.flag("tie_word_embeddings", false),
        CommonKeys.initializerRange(json, "initializer_range"),
        CommonKeys.storedType(json),
        CommonKeys.specialTokens(json, vocabulary));
  }

  private static void refuseUnsupported(ConfigJson json) {
    CommonKeys.refuseQuantized(json);
    String activation = json.string("hidden_act", "silu");
    if (!activation.equals("silu")) {
      throw json.unsupported("hidden_act", activation, "silu");
    }
    if (RopeReader.fraction(json, "partial_rotary_factor", 1) != 1) {
      throw json.invalid("partial_rotary_factor other than 1 is not supported for this family");
    }
  }

  private static int headDimension(ConfigJson json, int hidden, int heads) {
    if (!json.has("head_dim") && hidden % heads != 0) {
      throw json.invalid(
          "hidden_size %d is no multiple of num_attention_heads %d, and there is no head_dim"
              .formatted(hidden, heads));
    }
    int dimension = json.size("head_dim", CommonKeys.WIDEST, hidden / heads);
    if (dimension % 2 != 0) {
      throw json.invalid("the head size must be even for rotary embeddings, got " + dimension);
    }
    return dimension;
  }

  private static int longestContext(String modelType, Rope rope, ConfigJson json) {
    int positions = rope.longestContext(CommonKeys.context(json, "max_position_embeddings"));
    boolean slides =
        modelType.equals("mistral")
            || (modelType.equals("qwen2") && json.flag("use_sliding_window", false));
    return slides
        ? Math.min(positions, json.size("sliding_window", CommonKeys.LONGEST_CONTEXT, positions))
        : positions;
  }
}
