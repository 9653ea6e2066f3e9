package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * A backbone with one job's adapter on it, ready to run. It owns nothing: weights belong to the
 * {@link Backbone}, trained tensors to the adapter.
 */
public final class Decoder {
  private final int layers;
  private final LayerStack stack;
  private final CausalAttention attention;

  Decoder(int layers, LayerStack stack, CausalAttention attention) {
    this.layers = layers;
    this.stack = stack;
    this.attention = attention;
  }

  /**
   * Runs whole rows.
   *
   * @param scope owner of the result
   * @return hidden states after the last norm, {@code [N, hidden]}
   */
  public NDArray forward(NDManager scope, PackedBatch batch) {
    return run(scope, batch.tokens(), attention.rows(scope, batch));
  }

  /** Runs whole prompts like {@link #forward} and keeps their keys and values. */
  public NDArray prefill(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    return run(scope, batch.tokens(), attention.prefill(scope, batch, cache));
  }

  /**
   * Runs one more token of every row.
   *
   * @param tokens {@code [R]}
   * @param positions where each token stands in its row, {@code [R]}
   * @return hidden states after the last norm, {@code [R, hidden]}
   */
  public NDArray step(NDManager scope, long[] tokens, long[] positions, KeyValueCache cache) {
    return run(scope, scope.create(tokens), attention.step(scope, positions, cache));
  }

  /** A layer's intermediates die with its scope; what the backward pass needs, autograd keeps. */
  private NDArray run(NDManager scope, NDArray tokens, Attention pass) {
    NDArray stream = stack.embed(scope, tokens, pass.positions());
    for (int layer = 0; layer < layers; layer++) {
      try (NDManager inner = scope.newSubManager()) {
        NDArray next = stack.layer(inner, layer, stream, pass);
        next.attach(scope);
        stream.close();
        stream = next;
      }
    }
    return stack.finish(scope, stream);
  }

  /**
   * An empty cache that fits this decoder.
   *
   * @param capacity longest row, prompt and continuation together
   */
  public KeyValueCache newCache(NDManager parent, int rows, int capacity) {
    return attention.newCache(parent, rows, capacity);
  }

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  public NDArray head() {
    return stack.head();
  }

  /** The head's bias: none, or one {@code [vocabulary]}. */
  public List<NDArray> headBias() {
    return stack.headBias();
  }
}
