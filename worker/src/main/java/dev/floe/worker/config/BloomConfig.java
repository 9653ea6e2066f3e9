package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;

/**
 * A BLOOM backbone. Its MLP is four times as wide as the stream.
 *
 * @param longestContext positions that the backbone was trained on; alibi itself sets no limit
 * @param tiedEmbeddings whether the head's weight is the embedding
 * @param storedType element type that the config gives for the weights; null when it gives none
 */
public record BloomConfig(
    int layers,
    int hidden,
    int heads,
    int vocabulary,
    int longestContext,
    double normEpsilon,
    boolean tiedEmbeddings,
    double initializerRange,
    DType storedType,
    SpecialTokens specialTokens)
    implements BackboneConfig {
  private static final int DEFAULT_CONTEXT = 2_048;
  private static final double DEFAULT_EPSILON = 1e-5;

  static BloomConfig read(ConfigJson json) {
    CommonKeys.refuseQuantized(json);
    CommonKeys.refuseUnless(json, "apply_residual_connection_post_layernorm", false);
    int hidden = CommonKeys.width(json, "n_embed", "hidden_size");
    int vocabulary = CommonKeys.vocabulary(json);
    return new BloomConfig(
        CommonKeys.layers(json, "n_layer", "num_hidden_layers"),
        hidden,
        CommonKeys.heads(json, hidden, "n_head", "num_attention_heads"),
        vocabulary,
        json.size("seq_length", CommonKeys.LONGEST_CONTEXT, DEFAULT_CONTEXT),
        json.positive("layer_norm_epsilon", DEFAULT_EPSILON),
        json.flag("tie_word_embeddings", true),
        CommonKeys.initializerRange(json, "initializer_range"),
        CommonKeys.storedType(json),
        CommonKeys.specialTokens(json, vocabulary));
  }

  @Override
  public String modelType() {
    return "bloom";
  }

  /** Width between the MLP's up and down projections. */
  public int intermediate() {
    return Math.multiplyExact(4, hidden);
  }

  @Override
  public BackboneLayout layout() {
    return BloomLayout.of(this);
  }

  @Override
  public <T> T accept(Visitor<T> visitor) {
    return visitor.bloom(this);
  }
}
