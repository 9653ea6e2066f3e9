package dev.floe.worker.config;

import dev.floe.protocol.backbone.LinearPart;
import java.util.List;

/** The names of BLOOM's weights. */
public final class BloomLayout {
  public static final String EMBEDDING = "transformer.word_embeddings.weight";
  public static final String EMBEDDING_NORM = "transformer.word_embeddings_layernorm";
  public static final String FINAL_NORM = "transformer.ln_f";

  /** Absent where embeddings are tied. */
  public static final String HEAD = "lm_head.weight";

  /** Paths of the norms within a layer. */
  public static final String INPUT_NORM = "input_layernorm";

  public static final String POST_ATTENTION_NORM = "post_attention_layernorm";

  /** Paths of the linear modules within a layer; queries, keys and values interleave per head. */
  public static final String QUERY_KEY_VALUE = "self_attention.query_key_value";

  public static final String OUTPUT = "self_attention.dense";
  public static final String UP = "mlp.dense_h_to_4h";
  public static final String DOWN = "mlp.dense_4h_to_h";

  private static final String BASE = "transformer.";
  private static final String LAYERS = "transformer.h";

  private BloomLayout() {}

  static BackboneLayout of(BloomConfig config) {
    int hidden = config.hidden();
    List<TargetModule> targets = targets(hidden, config.intermediate());
    WeightTable weights =
        new WeightTable()
            .embedding(EMBEDDING, config.vocabulary(), hidden)
            .norm(EMBEDDING_NORM, hidden);
    for (int i = 0; i < config.layers(); i++) {
      String layer = LAYERS + "." + i + ".";
      weights
          .norm(layer + INPUT_NORM, hidden)
          .norm(layer + POST_ATTENTION_NORM, hidden)
          .targets(layer, targets);
    }
    weights.norm(FINAL_NORM, hidden);
    if (!config.tiedEmbeddings()) {
      weights.matrix(HEAD, config.vocabulary(), hidden);
    }
    return new BackboneLayout(BASE, LAYERS, targets, weights.slots());
  }

  private static List<TargetModule> targets(int hidden, int wide) {
    int fused = Math.multiplyExact(3, hidden);
    return List.of(
        new TargetModule(QUERY_KEY_VALUE, LinearPart.QUERY_KEY_VALUE, hidden, fused, true),
        new TargetModule(OUTPUT, LinearPart.ATTENTION_OUTPUT, hidden, hidden, true),
        new TargetModule(UP, LinearPart.MLP_INPUT, hidden, wide, true),
        new TargetModule(DOWN, LinearPart.MLP_OUTPUT, wide, hidden, true));
  }
}
