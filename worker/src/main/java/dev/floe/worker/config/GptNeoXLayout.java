package dev.floe.worker.config;

import dev.floe.protocol.backbone.LinearPart;
import java.util.List;

/** The names of GPT-NeoX's weights. */
public final class GptNeoXLayout {
  public static final String EMBEDDING = "gpt_neox.embed_in.weight";
  public static final String FINAL_NORM = "gpt_neox.final_layer_norm";

  /** Absent where embeddings are tied. */
  public static final String HEAD = "embed_out.weight";

  /** Paths of the norms within a layer. */
  public static final String INPUT_NORM = "input_layernorm";

  public static final String POST_ATTENTION_NORM = "post_attention_layernorm";

  /** Paths of the linear modules within a layer; queries, keys and values interleave per head. */
  public static final String QUERY_KEY_VALUE = "attention.query_key_value";

  public static final String OUTPUT = "attention.dense";
  public static final String UP = "mlp.dense_h_to_4h";
  public static final String DOWN = "mlp.dense_4h_to_h";

  private static final String BASE = "gpt_neox.";
  private static final String LAYERS = "gpt_neox.layers";

  private GptNeoXLayout() {}

  static BackboneLayout of(GptNeoXConfig config) {
    int hidden = config.hidden();
    List<TargetModule> targets = targets(config);
    WeightTable weights = new WeightTable().embedding(EMBEDDING, config.vocabulary(), hidden);
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

  private static List<TargetModule> targets(GptNeoXConfig config) {
    int hidden = config.hidden();
    int fused = Math.multiplyExact(3, hidden);
    int wide = config.intermediate();
    boolean bias = config.attentionBias();
    return List.of(
        new TargetModule(QUERY_KEY_VALUE, LinearPart.QUERY_KEY_VALUE, hidden, fused, bias),
        new TargetModule(OUTPUT, LinearPart.ATTENTION_OUTPUT, hidden, hidden, bias),
        new TargetModule(UP, LinearPart.MLP_INPUT, hidden, wide, true),
        new TargetModule(DOWN, LinearPart.MLP_OUTPUT, wide, hidden, true));
  }
}
