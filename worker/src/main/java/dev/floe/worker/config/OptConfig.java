package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;

/**
 * An OPT backbone.
 *
 * @param intermediate width between the MLP's up and down projections
 * @param embeddingWidth width of the embedding and of what the head reads; where it is not the
 *     stream's, a projection leads in and another out
 * @param activation the MLP's, as the kernel library names it
 * @param normBefore whether a norm stands before attention and MLP, or behind each
 * @param finalNorm whether a norm stands behind the last layer
 * @param linearBias whether the layers' linear modules have biases
 * @param tiedEmbeddings whether the head's weight is the embedding
 * @param storedType element type that the config gives for the weights; null when it gives none
 */
public record OptConfig(
    int layers,
    int hidden,
    int intermediate,
    int heads,
    int vocabulary,
    int embeddingWidth,
    int longestContext,
    String activation,
    boolean normBefore,
    boolean finalNorm,
    boolean linearBias,
    boolean tiedEmbeddings,
    double initializerRange,
    DType storedType,
    SpecialTokens specialTokens)
    implements BackboneConfig {

  /** The first position's row in the table of positions. */
  public static final int POSITION_OFFSET = 2;

  public static final double NORM_EPSILON = 1e-5;

  static OptConfig read(ConfigJson json) {
    CommonKeys.refuseQuantized(json);
    CommonKeys.refuseUnless(json, "layer_norm_elementwise_affine", true);
    int hidden = CommonKeys.width(json, "hidden_size");
    int vocabulary = CommonKeys.vocabulary(json);
    boolean normBefore = json.flag("do_layer_norm_before", true);
    return new OptConfig(
        CommonKeys.layers(json, "num_hidden_layers"),
        hidden,
        CommonKeys.width(json, "ffn_dim"),
        CommonKeys.heads(json, hidden, "num_attention_heads"),
        vocabulary,
        json.size("word_embed_proj_dim", CommonKeys.WIDEST, hidden),
        CommonKeys.context(json, "max_position_embeddings"),
        CommonKeys.activation(json, "activation_function", "relu"),
        normBefore,
        normBefore && !json.flag("_remove_final_layer_norm", false),
        json.flag("enable_bias", true),
        json.flag("tie_word_embeddings", true),
        CommonKeys.initializerRange(json, "init_std"),
        CommonKeys.storedType(json),
        CommonKeys.specialTokens(json, vocabulary));
  }

  /** Whether projections stand between the embedding's width and the stream's. */
  public boolean projectsEmbedding() {
    return embeddingWidth != hidden;
  }

  @Override
  public String modelType() {
    return "opt";
  }

  @Override
  public BackboneLayout layout() {
    return OptLayout.of(this);
  }

  @Override
  public <T> T accept(Visitor<T> visitor) {
    return visitor.opt(this);
  }
}
