package dev.floe.worker.config;

import dev.floe.protocol.backbone.LinearPart;
import java.util.List;

/** The names of GPT-J's weights. */
public final class GptJLayout {
  public static final String EMBEDDING = "transformer.wte.weight";
  public static final String FINAL_NORM = "transformer.ln_f";

  /** Absent where embeddings are tied. */
  public static final String HEAD = "lm_head.weight";

  public static final String HEAD_BIAS = "lm_head.bias";

  /** Path of the one norm within a layer. */
  public static final String NORM = "ln_1";

  /** Paths of the linear modules within a layer. */
  public static final String QUERY = "attn.q_proj";

  public static final String KEY = "attn.k_proj";
  public static final String VALUE = "attn.v_proj";
  public static final String OUTPUT = "attn.out_proj";
  public static final String UP = "mlp.fc_in";
  public static final String DOWN = "mlp.fc_out";

  private static final String BASE = "transformer.";
  private static final String LAYERS = "transformer.h";

  private GptJLayout() {}

  static BackboneLayout of(GptJConfig config) {
    int hidden = config.hidden();
    List<TargetModule> targets = targets(hidden, config.intermediate());
    WeightTable weights = new WeightTable().embedding(EMBEDDING, config.vocabulary(), hidden);
    for (int i = 0; i < config.layers(); i++) {
      String layer = LAYERS + "." + i + ".";
      weights.norm(layer + NORM, hidden).targets(layer, targets);
    }
    weights.norm(FINAL_NORM, hidden);
    if (!config.tiedEmbeddings()) {
      weights.matrix(HEAD, config.vocabulary(), hidden);
    }
    weights.bias(HEAD_BIAS, config.vocabulary());
    return new BackboneLayout(BASE, LAYERS, targets, weights.slots());
  }

  private static List<TargetModule> targets(int hidden, int wide) {
    return List.of(
        new TargetModule(QUERY, LinearPart.QUERY, hidden, hidden, false),
        new TargetModule(KEY, LinearPart.KEY, hidden, hidden, false),
        new TargetModule(VALUE, LinearPart.VALUE, hidden, hidden, false),
        new TargetModule(OUTPUT, LinearPart.ATTENTION_OUTPUT, hidden, hidden, false),
        new TargetModule(UP, LinearPart.MLP_INPUT, hidden, wide, true),
        new TargetModule(DOWN, LinearPart.MLP_OUTPUT, wide, hidden, true));
  }
}
