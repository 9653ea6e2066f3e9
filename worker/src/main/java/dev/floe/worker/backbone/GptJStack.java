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
final class GptJStack implements LayerStack {
  private final Kernels kernels;
  private final String activation;
  private final NDArray embedding;
  private final List<Layer> layers;
  private final LayerNorm finalNorm;
  private final NDArray head;
  private final NDArray headBias;

  private record Layer(
      LayerNorm norm,
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      Projection up,
      Projection down) {}

  GptJStack(Kernels kernels, GptJConfig config, Weights weights) {
    this.kernels = kernels;
    activation = config.activation();
    embedding = weights.get(GptJLayout.EMBEDDING);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config.normEpsilon(), weights.inLayer(index)))
            .toList();
    finalNorm = weights.norm(GptJLayout.FINAL_NORM, config.normEpsilon());
    head = config.tiedEmbeddings() ? embedding : weights.get(GptJLayout.HEAD);
    headBias = weights.get(GptJLayout.HEAD_BIAS);
  }

  private static Layer layer(double epsilon, Weights weights) {
    return new Layer(
        weights.norm(GptJLayout.NORM, epsilon),
        weights.projection(GptJLayout.QUERY, false),
        weights.projection(GptJLayout.KEY, false),
        weights.projection(GptJLayout.VALUE, false),
        weights.projection(GptJLayout.OUTPUT, false),
        weights.projection(GptJLayout.UP, true),
        weights.projection(GptJLayout.DOWN, true));
  }

  @Override
  public NDArray embedding() {
    return embedding;
  }

  @Override
  public NDArray embed(NDManager scope, NDArray vectors, NDArray positions) {
    return vectors;
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    NDArray normed = layer.norm.apply(scope, stream);
    NDArray q = layer.query.apply(scope, normed);
    NDArray k = layer.key.apply(scope, normed);
    NDArray v = layer.value.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(q, k, v)));
    NDArray wide = layer.up.apply(scope, normed);
    NDArray fed = layer.down.apply(scope, kernels.activate(scope, wide, activation));
    return kernels.add(scope, stream, kernels.add(scope, attended, fed));
  }

  @Override
  public NDArray finish(NDManager scope, NDArray stream) {
    return finalNorm.apply(scope, stream);
  }

  @Override
  public NDArray head() {
    return head;
  }

  @Override
  public List<NDArray> headBias() {
    return List.of(headBias);
  }
}
