package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * A backbone with one job's adapter on it, ready to run. It owns nothing: weights belong to the
 * {@link Backbone}, trained tensors to the adapter.
 */
public interface Decoder {

  /**
   * Runs whole rows.
   *
   * @param scope owner of the result
   * @return hidden states after the last norm, {@code [N, hidden]}
   */
  NDArray forward(NDManager scope, PackedBatch batch);

  /** Runs whole prompts like {@link #forward} and keeps their keys and values. */
  NDArray prefill(NDManager scope, PackedBatch batch, KeyValueCache cache);

  /**
   * Runs one more token of every row.
   *
   * @param tokens {@code [R]}
   * @param positions where each token stands in its row, {@code [R]}
   * @return hidden states after the last norm, {@code [R, hidden]}
   */
  NDArray step(NDManager scope, long[] tokens, long[] positions, KeyValueCache cache);

  /** An empty cache that fits this decoder. */
  KeyValueCache newCache(NDManager parent, int rows, int capacity);

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  NDArray head();

  /** The head's bias: none, or one {@code [vocabulary]}. */
  List<NDArray> headBias();
}
