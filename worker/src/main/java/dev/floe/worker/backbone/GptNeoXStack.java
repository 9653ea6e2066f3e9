package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.GptNeoXConfig;
import dev.floe.worker.config.GptNeoXLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * GPT-NeoX (arXiv 2204.06745) and Pythia: causal attention that rotates part of each head, and an
 * MLP; both read the same stream, each through its own norm, unless the config puts the MLP behind
 * attention.
 */
final class GptNeoXStack implements LayerStack {
  private final Kernels kernels;
  private final boolean parallel;
  private final String activation;
  private final NDArray embedding;
  private final List<Layer> layers;
  private final LayerNorm finalNorm;
  private final NDArray head;

  private record Layer(
      LayerNorm attentionNorm,
      Projection queryKeyValue,
      Projection output,
      LayerNorm mlpNorm,
      Projection up,
      Projection down) {}

  GptNeoXStack(Kernels kernels, GptNeoXConfig config, Weights weights) {
    this.kernels = kernels;
    parallel = config.parallelResidual();
    activation = config.activation();
    embedding = weights.get(GptNeoXLayout.EMBEDDING);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
    finalNorm = weights.norm(GptNeoXLayout.FINAL_NORM, config.normEpsilon());
    head = config.tiedEmbeddings() ? embedding : weights.get(GptNeoXLayout.HEAD);
  }

  private static Layer layer(GptNeoXConfig config, Weights weights) {
    return new Layer(
        weights.norm(GptNeoXLayout.INPUT_NORM, config.normEpsilon()),
        weights.projection(GptNeoXLayout.QUERY_KEY_VALUE, config.attentionBias()),
        weights.projection(GptNeoXLayout.OUTPUT, config.attentionBias()),
        weights.norm(GptNeoXLayout.POST_ATTENTION_NORM, config.normEpsilon()),
        weights.projection(GptNeoXLayout.UP, true),
        weights.projection(GptNeoXLayout.DOWN, true));
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
    NDArray normed = layer.attentionNorm.apply(scope, stream);
    NDArray fused = layer.queryKeyValue.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(fused)));
    NDArray middle = kernels.add(scope, stream, attended);
    NDArray read = layer.mlpNorm.apply(scope, parallel ? stream : middle);
    NDArray wide = layer.up.apply(scope, read);
    NDArray fed = layer.down.apply(scope, kernels.activate(scope, wide, activation));
    return kernels.add(scope, middle, fed);
  }

  @Override
  public NDArray finish(NDManager scope, NDArray stream) {
    return finalNorm.apply(scope, stream);
  }

  @Override
  public NDArray head() {
    return head;
  }
}
