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
final class GptNeoXStack extends NormedStack {
  private final Kernels kernels;
  private final boolean parallel;
  private final List<Layer> layers;

  private record Layer(
      LayerNorm attentionNorm,
      Projection queryKeyValue,
      Projection output,
      LayerNorm mlpNorm,
      Projection mlp) {}

  GptNeoXStack(Kernels kernels, GptNeoXConfig config, Weights weights) {
    super(
        weights,
        GptNeoXLayout.EMBEDDING,
        weights.norm(GptNeoXLayout.FINAL_NORM, config.normEpsilon()),
        GptNeoXLayout.HEAD,
        config.tiedEmbeddings());
    this.kernels = kernels;
    parallel = config.parallelResidual();
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
  }

  private static Layer layer(GptNeoXConfig config, Weights weights) {
    return new Layer(
        weights.norm(GptNeoXLayout.INPUT_NORM, config.normEpsilon()),
        weights.projection(GptNeoXLayout.QUERY_KEY_VALUE, config.attentionBias()),
        weights.projection(GptNeoXLayout.OUTPUT, config.attentionBias()),
        weights.norm(GptNeoXLayout.POST_ATTENTION_NORM, config.normEpsilon()),
        weights.feedForward(GptNeoXLayout.UP, GptNeoXLayout.DOWN, true, config.activation()));
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    NDArray normed = layer.attentionNorm.apply(scope, stream);
    NDArray fused = layer.queryKeyValue.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(fused)));
    NDArray middle = kernels.add(scope, stream, attended);
    NDArray read = layer.mlpNorm.apply(scope, parallel ? stream : middle);
    return kernels.add(scope, middle, layer.mlp.apply(scope, read));
  }
}
