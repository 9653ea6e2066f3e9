package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.config.LlamaConfig;
import dev.floe.worker.config.LlamaLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * LLaMA (arXiv 2302.13971): pre-norm layers of rotary causal attention, with grouped key-value
 * heads, and a gated MLP.
 */
final class LlamaDecoder implements Decoder {
  private static final String ACTIVATION = "silu";

  private final Kernels kernels;
  private final LlamaConfig config;
  private final NDArray embedding;
  private final NDArray firstNorm;
  private final List<Layer> layers;
  private final NDArray head;
  private final NDArray frequencies;

  /**
   * One layer's parts.
   *
   * @param nextNorm the norm behind this layer: the next layer's first, or the decoder's last
   */
  private record Layer(
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      NDArray mlpNorm,
      Projection gate,
      Projection up,
      Projection down,
      NDArray nextNorm) {}

  /** What attention looks at differs between whole rows and single steps; all else is the same. */
  @FunctionalInterface
  private interface Attention {
    NDArray mix(NDManager scope, int layer, NDArray q, NDArray k, NDArray v);
  }

  LlamaDecoder(Kernels kernels, LlamaConfig config, Weights weights, NDArray frequencies) {
    this.kernels = kernels;
    this.config = config;
    this.frequencies = frequencies;
    embedding = weights.get(LlamaLayout.EMBEDDING);
    firstNorm = weights.get(config.layout().layerPath(0) + "." + LlamaLayout.INPUT_NORM);
    head = config.tiedEmbeddings() ? embedding : weights.get(LlamaLayout.HEAD);
    layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(weights, config.layout(), i));
    }
  }

  private Layer layer(Weights weights, BackboneLayout layout, int index) {
    String path = layout.layerPath(index) + ".";
    boolean last = index + 1 == config.layers();
    return new Layer(
        weights.projection(path + LlamaLayout.QUERY, config.queryKeyValueBias()),
        weights.projection(path + LlamaLayout.KEY, config.queryKeyValueBias()),
        weights.projection(path + LlamaLayout.VALUE, config.queryKeyValueBias()),
        weights.projection(path + LlamaLayout.OUTPUT, config.outputBias()),
        weights.get(path + LlamaLayout.POST_ATTENTION_NORM),
        weights.projection(path + LlamaLayout.GATE, config.mlpBias()),
        weights.projection(path + LlamaLayout.UP, config.mlpBias()),
        weights.projection(path + LlamaLayout.DOWN, config.mlpBias()),
        weights.get(
            last
                ? LlamaLayout.FINAL_NORM
                : layout.layerPath(index + 1) + "." + LlamaLayout.INPUT_NORM));
  }

  @Override
  public NDArray forward(NDManager scope, PackedBatch batch) {
    return wholeRows(scope, batch, null);
  }

  @Override
  public NDArray prefill(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    return wholeRows(scope, batch, cache);
  }

  private NDArray wholeRows(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    NDArray[] rotary = kernels.rotary(scope, batch.positions(), frequencies);
    return run(
        scope,
        batch.tokens(),
        (inner, layer, q, k, v) ->
            kernels.attention(
                inner,
                q,
                k,
                v,
                rotary[0],
                rotary[1],
                batch.slots(),
                batch.rows(),
                batch.longest(),
                config.heads(),
                config.keyValueHeads(),
                cache == null ? List.of() : List.of(cache.keys(layer), cache.values(layer))));
  }

  @Override
  public NDArray step(NDManager scope, long[] tokens, long[] positions, KeyValueCache cache) {
    NDArray where = scope.create(positions);
    NDArray[] rotary = kernels.rotary(scope, where, frequencies);
    int used = 1;
    for (long position : positions) {
      used = Math.max(used, Math.toIntExact(position) + 1);
    }
    int visible = used;
    return run(
        scope,
        scope.create(tokens),
        (inner, layer, q, k, v) ->
            kernels.attentionStep(
                inner,
                q,
                k,
                v,
                rotary[0],
                rotary[1],
                where,
                visible,
                config.heads(),
                config.keyValueHeads(),
                cache.keys(layer),
                cache.values(layer)));
  }

  /**
   * Each layer's intermediates die with its scope; what the backward pass needs, autograd keeps.
   */
  private NDArray run(NDManager scope, NDArray tokens, Attention attention) {
    double epsilon = config.normEpsilon();
    NDArray stream = kernels.embed(scope, tokens, embedding);
    NDArray normed = kernels.rmsNorm(scope, stream, firstNorm, epsilon);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      try (NDManager inner = scope.newSubManager()) {
        NDArray q = layer.query.apply(inner, normed);
        NDArray k = layer.key.apply(inner, normed);
        NDArray v = layer.value.apply(inner, normed);
        NDArray attended = layer.output.apply(inner, attention.mix(inner, i, q, k, v));
        NDArray[] middle = kernels.addRmsNorm(inner, stream, attended, layer.mlpNorm, epsilon);
        NDArray gate = layer.gate.apply(inner, middle[1]);
        NDArray up = layer.up.apply(inner, middle[1]);
        NDArray fed = layer.down.apply(inner, kernels.gated(inner, gate, up, ACTIVATION));
        NDArray[] next = kernels.addRmsNorm(scope, middle[0], fed, layer.nextNorm, epsilon);
        stream.close();
        normed.close();
        stream = next[0];
        normed = next[1];
      }
    }
    stream.close();
    return normed;
  }

  @Override
  public KeyValueCache newCache(NDManager parent, int rows, int capacity) {
    return new KeyValueCache(
        parent, config.layers(), rows, config.keyValueHeads(), capacity, config.headDimension());
  }

  @Override
  public NDArray head() {
    return head;
  }

  @Override
  public List<NDArray> headBias() {
    return List.of();
  }
}
