package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;

/**
 * A GPT-NeoX or Pythia backbone.
 *
 * @param intermediate width between the MLP's up and down projections
 * @param rotaryDimensions dimensions of each head, from the first, that are rotated; even
 * @param activation the MLP's, as the kernel library names it
 * @param parallelResidual whether the MLP reads what attention reads, rather than its result
 * @param attentionBias whether attention's linear modules have biases
 * @param tiedEmbeddings whether the head's weight is the embedding
 * @param storedType element type that the config gives for the weights; null when it gives none
 */
public record GptNeoXConfig(
    int layers,
    int hidden,
    int intermediate,
    int heads,
    int vocabulary,
    int longestContext,
    double normEpsilon,
    Rope rope,
    int rotaryDimensions,
    String activation,
    boolean parallelResidual,
    boolean attentionBias,
    boolean tiedEmbeddings,
    double initializerRange,
    DType storedType,
    SpecialTokens specialTokens)
    implements BackboneConfig {
  private static final double DEFAULT_FRACTION = 0.25;
  private static final double DEFAULT_EPSILON = 1e-5;

  static GptNeoXConfig read(ConfigJson json) {
    CommonKeys.refuseQuantized(json);
    int hidden = CommonKeys.width(json, "hidden_size");
    int heads = CommonKeys.heads(json, hidden, "num_attention_heads");
    int vocabulary = CommonKeys.vocabulary(json);
    Rope rope = RopeReader.rope(json, "rotary_emb_base");
    return new GptNeoXConfig(
        CommonKeys.layers(json, "num_hidden_layers"),
        hidden,
        CommonKeys.width(json, "intermediate_size"),
        heads,
        vocabulary,
        rope.longestContext(CommonKeys.context(json, "max_position_embeddings")),
        json.positive("layer_norm_eps", DEFAULT_EPSILON),
        rope,
        rotaryDimensions(json, hidden / heads),
        CommonKeys.activation(json, "hidden_act", "gelu"),
        json.flag("use_parallel_residual", true),
        json.flag("attention_bias", true),
        json.flag("tie_word_embeddings", false),
        CommonKeys.initializerRange(json, "initializer_range"),
        CommonKeys.storedType(json),
        CommonKeys.specialTokens(json, vocabulary));
  }

  private static int rotaryDimensions(ConfigJson json, int headDimension) {
    double fraction = RopeReader.fraction(json, "rotary_pct", DEFAULT_FRACTION);
    int dimensions = (int) (headDimension * fraction);
    if (dimensions < 2 || dimensions % 2 != 0) {
      throw json.invalid(
          "of a head's %d dimensions %s are rotated, which makes %d: it must be an even number"
              .formatted(headDimension, fraction, dimensions));
    }
    return dimensions;
  }

  @Override
  public String modelType() {
    return "gpt_neox";
  }

  @Override
  public BackboneLayout layout() {
    return GptNeoXLayout.of(this);
  }

  @Override
  public <T> T accept(Visitor<T> visitor) {
    return visitor.gptNeoX(this);
  }
}
