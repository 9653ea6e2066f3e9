package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;

/**
 * What an architecture does between token ids and hidden states: an embedding, layers and a last
 * norm, each a function of frozen weights and of the job's adapter on them. The stream that passes
 * through is {@code [N, hidden]}.
 */
interface LayerStack {

  /** The matrix of the tokens' embeddings, {@code [vocabulary, width]}. */
  NDArray embedding();

  /**
   * The stream before the first layer: the embeddings, unless an architecture does more.
   *
   * @param vectors embeddings of the tokens, {@code [N, width]}
   * @param positions {@code [N]}
   */
  default NDArray embed(NDManager scope, NDArray vectors, NDArray positions) {
    return vectors;
  }

  /** The stream behind a layer. */
  NDArray layer(NDManager scope, int index, NDArray stream, Attention attention);

  /** Hidden states, from the stream behind the last layer. */
  NDArray finish(NDManager scope, NDArray stream);

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  NDArray head();

  /**
   * Gradients without autograd, where the architecture has them.
   *
   * @param attention as it works for the job, whose adapter is low-rank only
   */
  default Optional<ExplicitGradient> explicitGradient(CausalAttention attention) {
    return Optional.empty();
  }

  /** The head's bias: none, or one {@code [vocabulary]}. */
  default List<NDArray> headBias() {
    return List.of();
  }
}
