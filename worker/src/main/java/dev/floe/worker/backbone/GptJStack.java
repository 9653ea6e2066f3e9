package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.GptJConfig;
import dev.floe.worker.config.GptJLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * GPT-J: causal attention that rotates neighbouring pairs in part of each head, and an MLP, side by
 * side behind one norm. Attention has no biases, the head has one.
 */
final class GptJStack extends NormedStack {
  private final Kernels kernels;
  private final List<Layer> layers;
  private final NDArray headBias;

  private record Layer(
      LayerNorm norm,
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      Projection mlp) {}

  GptJStack(Kernels kernels, GptJConfig config, Weights weights) {
    super(
        weights,
        GptJLayout.EMBEDDING,
        weights.norm(GptJLayout.FINAL_NORM, config.normEpsilon()),
        GptJLayout.HEAD,
        config.tiedEmbeddings());
    this.kernels = kernels;
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
    headBias = weights.get(GptJLayout.HEAD_BIAS);
  }

  private static Layer layer(GptJConfig config, Weights weights) {
    return new Layer(
        weights.norm(GptJLayout.NORM, config.normEpsilon()),
        weights.projection(GptJLayout.QUERY, false),
        weights.projection(GptJLayout.KEY, false),
        weights.projection(GptJLayout.VALUE, false),
        weights.projection(GptJLayout.OUTPUT, false),
        weights.feedForward(GptJLayout.UP, GptJLayout.DOWN, true, config.activation()));
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    NDArray normed = layer.norm.apply(scope, stream);
    NDArray q = layer.query.apply(scope, normed);
    NDArray k = layer.key.apply(scope, normed);
    NDArray v = layer.value.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(q, k, v)));
    NDArray fed = layer.mlp.apply(scope, normed);
    return kernels.add(scope, stream, kernels.add(scope, attended, fed));
  }

  @Override
  public List<NDArray> headBias() {
    return List.of(headBias);
  }
}
