package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * What BLOOM, GPT-J and GPT-NeoX have in common: layers between an embedding and a layer norm, and
 * a head that may be the embedding.
 */
abstract class NormedStack implements LayerStack {
  private final NDArray embedding;
  private final LayerNorm finalNorm;
  private final NDArray head;

  /**
   * @param head name of the head's weight; read unless it is tied to the embedding
   */
  NormedStack(Weights weights, String embedding, LayerNorm finalNorm, String head, boolean tied) {
    this.embedding = weights.get(embedding);
    this.finalNorm = finalNorm;
    this.head = tied ? this.embedding : weights.get(head);
  }

  @Override
  public final NDArray embedding() {
    return embedding;
  }

  @Override
  public final NDArray finish(NDManager scope, NDArray stream) {
    return finalNorm.apply(scope, stream);
  }

  @Override
  public final NDArray head() {
    return head;
  }
}
