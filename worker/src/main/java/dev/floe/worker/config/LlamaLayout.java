package dev.floe.worker.config;

import dev.floe.protocol.backbone.LinearPart;
import java.util.List;

/** The names of the LLaMA family, in one place for whoever checks, loads or creates weights. */
public final class LlamaLayout {
  public static final String EMBEDDING = "model.embed_tokens.weight";
  public static final String FINAL_NORM = "model.norm.weight";

  /** Absent where embeddings are tied. */
  public static final String HEAD = "lm_head.weight";

  /** Paths of the norms within a layer. */
  public static final String INPUT_NORM = "input_layernorm.weight";

  public static final String POST_ATTENTION_NORM = "post_attention_layernorm.weight";

  /** Paths of the linear modules within a layer. */
  public static final String QUERY = "self_attn.q_proj";

  public static final String KEY = "self_attn.k_proj";
  public static final String VALUE = "self_attn.v_proj";
  public static final String OUTPUT = "self_attn.o_proj";
  public static final String GATE = "mlp.gate_proj";
  public static final String UP = "mlp.up_proj";
  public static final String DOWN = "mlp.down_proj";

  /** What attention, and the MLP, compute of the same normed stream. */
  public static final List<String> READ_BY_ATTENTION = List.of(QUERY, KEY, VALUE);

  public static final List<String> READ_BY_MLP = List.of(GATE, UP);

  private static final String BASE = "model.";
  private static final String LAYERS = "model.layers";

  private LlamaLayout() {}

  static BackboneLayout of(LlamaConfig config) {
    List<TargetModule> targets = targets(config);
    int hidden = config.hidden();
    WeightTable weights = new WeightTable().embedding(EMBEDDING, config.vocabulary(), hidden);
    for (int i = 0; i < config.layers(); i++) {
      String layer = LAYERS + "." + i + ".";
      weights
          .scale(layer + INPUT_NORM, hidden)
          .scale(layer + POST_ATTENTION_NORM, hidden)
          .targets(layer, targets);
    }
    weights.scale(FINAL_NORM, hidden);
    if (!config.tiedEmbeddings()) {
      weights.matrix(HEAD, config.vocabulary(), hidden);
    }
    return new BackboneLayout(BASE, LAYERS, targets, weights.slots());
  }

  private static List<TargetModule> targets(LlamaConfig config) {
    int hidden = config.hidden();
    int wide = config.intermediate();
    int queries = Math.multiplyExact(config.heads(), config.headDimension());
    int keys = Math.multiplyExact(config.keyValueHeads(), config.headDimension());
    boolean bias = config.queryKeyValueBias();
    boolean mlpBias = config.mlpBias();
    return List.of(
        new TargetModule(QUERY, LinearPart.QUERY, hidden, queries, bias),
        new TargetModule(KEY, LinearPart.KEY, hidden, keys, bias),
        new TargetModule(VALUE, LinearPart.VALUE, hidden, keys, bias),
        new TargetModule(OUTPUT, LinearPart.ATTENTION_OUTPUT, queries, hidden, config.outputBias()),
        new TargetModule(GATE, LinearPart.MLP_INPUT, hidden, wide, mlpBias),
        new TargetModule(UP, LinearPart.MLP_INPUT, hidden, wide, mlpBias),
        new TargetModule(DOWN, LinearPart.MLP_OUTPUT, wide, hidden, mlpBias));
  }
}
