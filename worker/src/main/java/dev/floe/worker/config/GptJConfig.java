package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;

/**
 * A GPT-J backbone.
 *
 * @param intermediate width between the MLP's up and down projections
 * @param rotaryDimensions dimensions of each head, from the first, that are rotated; even
 * @param activation the MLP's, as the kernel library names it
 * @param tiedEmbeddings whether the head's weight is the embedding; it has a bias either way
 * @param storedType element type that the config gives for the weights; null when it gives none
 */
public record GptJConfig(
    int layers,
    int hidden,
    int intermediate,
    int heads,
    int vocabulary,
    int longestContext,
    double normEpsilon,
    int rotaryDimensions,
    String activation,
    boolean tiedEmbeddings,
    double initializerRange,
    DType storedType,
    SpecialTokens specialTokens)
    implements BackboneConfig {
  private static final double THETA = 10_000;
  private static final double DEFAULT_EPSILON = 1e-5;

  static GptJConfig read(ConfigJson json) {
    CommonKeys.refuseQuantized(json);
    int hidden = CommonKeys.width(json, "n_embd", "hidden_size");
    int heads = CommonKeys.heads(json, hidden, "n_head", "num_attention_heads");
    int vocabulary = CommonKeys.vocabulary(json);
    return new GptJConfig(
        CommonKeys.layers(json, "n_layer", "num_hidden_layers"),
        hidden,
        json.size("n_inner", CommonKeys.WIDEST, 4 * hidden),
        heads,
        vocabulary,
        CommonKeys.context(json, "n_positions", "max_position_embeddings"),
        json.positive("layer_norm_epsilon", DEFAULT_EPSILON),
        rotaryDimensions(json, hidden / heads),
        CommonKeys.activation(json, "activation_function", "gelu_new"),
        json.flag("tie_word_embeddings", false),
        CommonKeys.initializerRange(json, "initializer_range"),
        CommonKeys.storedType(json),
        CommonKeys.specialTokens(json, vocabulary));
  }

  private static int rotaryDimensions(ConfigJson json, int headDimension) {
    int dimensions = json.size("rotary_dim", headDimension);
    if (dimensions % 2 != 0) {
      throw json.invalid("rotary_dim must be even, got " + dimensions);
    }
    return dimensions;
  }

  /** The rotary embedding, whose base the architecture fixes. */
  public Rope rope() {
    return new Rope(THETA, new Rope.Unscaled());
  }

  @Override
  public String modelType() {
    return "gptj";
  }

  @Override
  public BackboneLayout layout() {
    return GptJLayout.of(this);
  }

  @Override
  public <T> T accept(Visitor<T> visitor) {
    return visitor.gptJ(this);
  }
}
