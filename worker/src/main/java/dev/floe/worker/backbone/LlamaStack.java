package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.LlamaConfig;
import dev.floe.worker.config.LlamaLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * LLaMA (arXiv 2302.13971): pre-norm layers of rotary causal attention, with grouped key-value
 * heads, and a gated MLP.
 */
final class LlamaStack implements LayerStack {
  private static final String ACTIVATION = "silu";

  private final Kernels kernels;
  private final double epsilon;
  private final NDArray embedding;
  private final List<Layer> layers;
  private final NDArray finalNorm;
  private final NDArray head;
  private final LlamaConfig config;
  private final Weights weights;

  private record Layer(
      NDArray attentionNorm,
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      NDArray mlpNorm,
      Projection mlp) {}

  LlamaStack(Kernels kernels, LlamaConfig config, Weights weights) {
    this.kernels = kernels;
    this.config = config;
    this.weights = weights;
    epsilon = config.normEpsilon();
    embedding = weights.get(LlamaLayout.EMBEDDING);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
    finalNorm = weights.get(LlamaLayout.FINAL_NORM);
    head = config.tiedEmbeddings() ? embedding : weights.get(LlamaLayout.HEAD);
  }

  private static Layer layer(LlamaConfig config, Weights weights) {
    boolean bias = config.queryKeyValueBias();
    return new Layer(
        weights.get(LlamaLayout.INPUT_NORM),
        weights.projection(LlamaLayout.QUERY, bias),
        weights.projection(LlamaLayout.KEY, bias),
        weights.projection(LlamaLayout.VALUE, bias),
        weights.projection(LlamaLayout.OUTPUT, config.outputBias()),
        weights.get(LlamaLayout.POST_ATTENTION_NORM),
        weights.gatedFeedForward(
            LlamaLayout.GATE, LlamaLayout.UP, LlamaLayout.DOWN, config.mlpBias(), ACTIVATION));
  }

  @Override
  public NDArray embedding() {
    return embedding;
  }

  @Override
  public NDArray layer(NDManager scope, int index, NDArray stream, Attention attention) {
    Layer layer = layers.get(index);
    NDArray normed = kernels.rmsNorm(scope, stream, layer.attentionNorm, epsilon);
    NDArray q = layer.query.apply(scope, normed);
    NDArray k = layer.key.apply(scope, normed);
    NDArray v = layer.value.apply(scope, normed);
    NDArray attended = layer.output.apply(scope, attention.mix(scope, index, List.of(q, k, v)));
    NDArray[] middle = kernels.addRmsNorm(scope, stream, attended, layer.mlpNorm, epsilon);
    return kernels.add(scope, middle[0], layer.mlp.apply(scope, middle[1]));
  }

  @Override
  public NDArray finish(NDManager scope, NDArray stream) {
    return kernels.rmsNorm(scope, stream, finalNorm, epsilon);
  }

  @Override
  public Optional<ExplicitGradient> explicitGradient(CausalAttention attention) {
    return LlamaGradient.covers(config)
        ? Optional.of(new LlamaGradient(kernels, config, weights, attention))
        : Optional.empty();
  }

  @Override
  public NDArray head() {
    return head;
  }
}
