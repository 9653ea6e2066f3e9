package dev.floe.worker.config;

import dev.floe.protocol.backbone.LinearPart;
import java.util.List;

/** The names of OPT's weights. */
public final class OptLayout {
  public static final String EMBEDDING = "model.decoder.embed_tokens.weight";
  public static final String POSITIONS = "model.decoder.embed_positions.weight";

  /** Present where the embedding is narrower than the stream. */
  public static final String PROJECT_IN = "model.decoder.project_in";

  public static final String PROJECT_OUT = "model.decoder.project_out";
  public static final String FINAL_NORM = "model.decoder.final_layer_norm";

  /** Absent where embeddings are tied. */
  public static final String HEAD = "lm_head.weight";

  /** Paths of the norms within a layer. */
  public static final String ATTENTION_NORM = "self_attn_layer_norm";

  public static final String MLP_NORM = "final_layer_norm";

  /** Paths of the linear modules within a layer. */
  public static final String QUERY = "self_attn.q_proj";

  public static final String KEY = "self_attn.k_proj";
  public static final String VALUE = "self_attn.v_proj";
  public static final String OUTPUT = "self_attn.out_proj";
  public static final String UP = "fc1";
  public static final String DOWN = "fc2";

  private static final String BASE = "model.";
  private static final String LAYERS = "model.decoder.layers";

  private OptLayout() {}

  static BackboneLayout of(OptConfig config) {
    int hidden = config.hidden();
    int narrow = config.embeddingWidth();
    long positions = (long) config.longestContext() + OptConfig.POSITION_OFFSET;
    List<TargetModule> targets = targets(config);
    WeightTable weights =
        new WeightTable()
            .embedding(EMBEDDING, config.vocabulary(), narrow)
            .embedding(POSITIONS, positions, hidden);
    if (config.projectsEmbedding()) {
      weights
          .matrix(PROJECT_IN + ".weight", hidden, narrow)
          .matrix(PROJECT_OUT + ".weight", narrow, hidden);
    }
    for (int i = 0; i < config.layers(); i++) {
      String layer = LAYERS + "." + i + ".";
      weights
          .norm(layer + ATTENTION_NORM, hidden)
          .norm(layer + MLP_NORM, hidden)
          .targets(layer, targets);
    }
    if (config.finalNorm()) {
      weights.norm(FINAL_NORM, hidden);
    }
    if (!config.tiedEmbeddings()) {
      weights.matrix(HEAD, config.vocabulary(), narrow);
    }
    return new BackboneLayout(BASE, LAYERS, targets, weights.slots());
  }

  private static List<TargetModule> targets(OptConfig config) {
    int hidden = config.hidden();
    int wide = config.intermediate();
    boolean bias = config.linearBias();
    return List.of(
        new TargetModule(QUERY, LinearPart.QUERY, hidden, hidden, bias),
        new TargetModule(KEY, LinearPart.KEY, hidden, hidden, bias),
        new TargetModule(VALUE, LinearPart.VALUE, hidden, hidden, bias),
        new TargetModule(OUTPUT, LinearPart.ATTENTION_OUTPUT, hidden, hidden, bias),
        new TargetModule(UP, LinearPart.MLP_INPUT, hidden, wide, bias),
        new TargetModule(DOWN, LinearPart.MLP_OUTPUT, wide, hidden, bias));
  }
}
