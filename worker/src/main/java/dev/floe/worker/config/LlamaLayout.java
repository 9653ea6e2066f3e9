package dev.floe.worker.config;

import dev.floe.worker.config.TargetModule.Role;
import dev.floe.worker.config.WeightSlot.Kind;
import java.util.ArrayList;
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

  private static final String LAYERS = "model.layers";

  private LlamaLayout() {}

  /** The layout of a backbone of the family. */
  public static BackboneLayout of(LlamaConfig config) {
    List<TargetModule> targets = targets(config);
    List<WeightSlot> weights = new ArrayList<>();
    weights.add(WeightSlot.of(EMBEDDING, Kind.EMBEDDING, config.vocabulary(), config.hidden()));
    for (int layer = 0; layer < config.layers(); layer++) {
      addLayer(weights, LAYERS + "." + layer + ".", config.hidden(), targets);
    }
    weights.add(WeightSlot.of(FINAL_NORM, Kind.NORM_SCALE, config.hidden()));
    if (!config.tiedEmbeddings()) {
      weights.add(WeightSlot.of(HEAD, Kind.LINEAR, config.vocabulary(), config.hidden()));
    }
    return new BackboneLayout(LAYERS, targets, weights);
  }

  private static List<TargetModule> targets(LlamaConfig config) {
    int hidden = config.hidden();
    int wide = config.intermediate();
    int queries = Math.multiplyExact(config.heads(), config.headDimension());
    int keys = Math.multiplyExact(config.keyValueHeads(), config.headDimension());
    boolean bias = config.queryKeyValueBias();
    boolean mlpBias = config.mlpBias();
    return List.of(
        new TargetModule(QUERY, Role.ATTENTION, false, hidden, queries, bias),
        new TargetModule(KEY, Role.ATTENTION, false, hidden, keys, bias),
        new TargetModule(VALUE, Role.ATTENTION, false, hidden, keys, bias),
        new TargetModule(OUTPUT, Role.ATTENTION, true, queries, hidden, config.outputBias()),
        new TargetModule(GATE, Role.MLP, false, hidden, wide, mlpBias),
        new TargetModule(UP, Role.MLP, false, hidden, wide, mlpBias),
        new TargetModule(DOWN, Role.MLP, true, wide, hidden, mlpBias));
  }

  private static void addLayer(
      List<WeightSlot> weights, String layer, int hidden, List<TargetModule> targets) {
    weights.add(WeightSlot.of(layer + INPUT_NORM, Kind.NORM_SCALE, hidden));
    weights.add(WeightSlot.of(layer + POST_ATTENTION_NORM, Kind.NORM_SCALE, hidden));
    for (TargetModule target : targets) {
      String module = layer + target.path();
      weights.add(WeightSlot.of(module + ".weight", Kind.LINEAR, target.out(), target.in()));
      if (target.bias()) {
        weights.add(WeightSlot.of(module + ".bias", Kind.BIAS, target.out()));
      }
    }
  }
}
