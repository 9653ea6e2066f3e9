package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.OptConfig;
import dev.floe.worker.config.OptLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * OPT (arXiv 2205.01068): learned positions, and layers of causal attention and an MLP with a norm
 * before each or, in the 350M model, behind each. That model's embedding is narrower than its
 * stream: a projection leads in, another out.
 */
final class OptStack implements LayerStack {
  private final Kernels kernels;
  private final OptConfig config;
  private final NDArray embedding;
  private final NDArray positionEmbedding;
  private final List<FrozenLinear> in;
  private final List<Layer> layers;
  private final List<LayerNorm> finalNorm;
  private final List<FrozenLinear> out;
  private final NDArray head;

  private record Layer(
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      LayerNorm attentionNorm,
      Projection mlp,
      LayerNorm mlpNorm) {}

  OptStack(Kernels kernels, OptConfig config, Weights weights) {
    this.kernels = kernels;
    this.config = config;
    embedding = weights.get(OptLayout.EMBEDDING);
    positionEmbedding = weights.get(OptLayout.POSITIONS);
    in = projection(config, weights, OptLayout.PROJECT_IN);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
    finalNorm =
        config.finalNorm()
            ? List.of(weights.norm(OptLayout.FINAL_NORM, OptConfig.NORM_EPSILON))
            : List.of();
    out = projection(config, weights, OptLayout.PROJECT_OUT);
    head = config.tiedEmbeddings() ? embedding : weights.get(OptLayout.HEAD);
  }

  private static List<FrozenLinear> projection(OptConfig config, Weights weights, String path) {
    return config.projectsEmbedding() ? List.of(weights.linear(path, false)) : List.of();
  }

  private static Layer layer(OptConfig config, Weights weights) {
    boolean bias = config.linearBias();
    return new Layer(
        weights.projection(OptLayout.QUERY, bias),
        weights.projection(OptLayout.KEY, bias),
        weights.projection(OptLayout.VALUE, bias),
        weights.projection(OptLayout.OUTPUT, bias),
        weights.norm(OptLayout.ATTENTION_NORM, OptConfig.NORM_EPSILON),
        weights.feedForward(OptLayout.UP, OptLayout.DOWN, bias, config.activation()),
        weights.norm(OptLayout.MLP_NORM, OptConfig.NORM_EPSILON));
  }

  @Override
  public NDArray embedding() {
    return embedding;
  }

  @Override
  public NDArray embed(NDManager scope, NDArray vectors, NDArray positions) {
    NDArray stream = vectors;
    for (FrozenLinear projection : in) {
      stream = projection.apply(scope, stream);
    }
    NDArray rows = positions.add(OptConfig.POSITION_OFFSET);
    rows.attach(scope);
    return kernels.add(scope, stream, kernels.embed(scope, rows, positionEmbedding));
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    boolean before = config.normBefore();

    NDArray read = before ? layer.attentionNorm.apply(scope, stream) : stream;
    NDArray q = layer.query.apply(scope, read);
    NDArray k = layer.key.apply(scope, read);
    NDArray v = layer.value.apply(scope, read);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(q, k, v)));
    NDArray middle = kernels.add(scope, stream, attended);
    middle = before ? middle : layer.attentionNorm.apply(scope, middle);

    read = before ? layer.mlpNorm.apply(scope, middle) : middle;
    NDArray next = kernels.add(scope, middle, layer.mlp.apply(scope, read));
    return before ? next : layer.mlpNorm.apply(scope, next);
  }

  @Override
  public NDArray finish(NDManager scope, NDArray stream) {
    NDArray hidden = stream;
    for (LayerNorm norm : finalNorm) {
      hidden = norm.apply(scope, hidden);
    }
    for (FrozenLinear projection : out) {
      hidden = projection.apply(scope, hidden);
    }
    return hidden;
  }

  @Override
  public NDArray head() {
    return head;
  }
}
