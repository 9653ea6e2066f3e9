package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.BloomConfig;
import dev.floe.worker.config.BloomLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * BLOOM (arXiv 2211.05100): a normed embedding and pre-norm layers of causal attention, whose
 * scores fall with distance (alibi), and a GELU MLP.
 */
final class BloomStack extends NormedStack {
  private static final String ACTIVATION = "gelu_tanh";

  private final Kernels kernels;
  private final LayerNorm embeddingNorm;
  private final List<Layer> layers;

  private record Layer(
      LayerNorm attentionNorm,
      Projection queryKeyValue,
      Projection output,
      LayerNorm mlpNorm,
      Projection mlp) {}

  BloomStack(Kernels kernels, BloomConfig config, Weights weights) {
    super(
        weights,
        BloomLayout.EMBEDDING,
        weights.norm(BloomLayout.FINAL_NORM, config.normEpsilon()),
        BloomLayout.HEAD,
        config.tiedEmbeddings());
    this.kernels = kernels;
    double epsilon = config.normEpsilon();
    embeddingNorm = weights.norm(BloomLayout.EMBEDDING_NORM, epsilon);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(epsilon, weights.inLayer(index)))
            .toList();
  }

  private static Layer layer(double epsilon, Weights weights) {
    return new Layer(
        weights.norm(BloomLayout.INPUT_NORM, epsilon),
        weights.projection(BloomLayout.QUERY_KEY_VALUE, true),
        weights.projection(BloomLayout.OUTPUT, true),
        weights.norm(BloomLayout.POST_ATTENTION_NORM, epsilon),
        weights.feedForward(BloomLayout.UP, BloomLayout.DOWN, true, ACTIVATION));
  }

  @Override
  public NDArray embed(NDManager scope, NDArray vectors, NDArray positions) {
    return embeddingNorm.apply(scope, vectors);
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    NDArray normed = layer.attentionNorm.apply(scope, stream);
    NDArray fused = layer.queryKeyValue.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(fused)));
    NDArray middle = kernels.add(scope, stream, attended);
    NDArray fed = layer.mlp.apply(scope, layer.mlpNorm.apply(scope, middle));
    return kernels.add(scope, middle, fed);
  }
}
