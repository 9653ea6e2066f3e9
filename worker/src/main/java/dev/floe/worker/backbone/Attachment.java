package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;

/**
 * What a job puts on the backbone when its decoder is built. The default is nothing: the frozen
 * backbone itself.
 */
public interface Attachment {

  /** No adapter at all. */
  Attachment NONE = new Attachment() {};

  /**
   * The weight to use under a Hugging Face name: the frozen one, or the job's own.
   *
   * @param frozen null when the backbone has no weights on disk
   */
  default NDArray weight(String name, NDArray frozen) {
    return frozen;
  }

  /**
   * The projection to use for a linear module.
   *
   * @param module path such as {@code model.layers.0.self_attn.q_proj}
   */
  default Projection projection(String module, FrozenLinear linear) {
    return linear;
  }

  /**
   * Keys and values that every row sees before its own; asked for at every run over whole rows.
   *
   * @param scope owner of the result
   * @return none, or those of V virtual tokens: {@code [V, layers · 2 · K · D]}, per token layer by
   *     layer, key then value
   */
  default List<NDArray> prefix(NDManager scope) {
    return List.of();
  }

  /** How many virtual tokens {@link #prefix} gives keys and values of. */
  default int prefixTokens() {
    return 0;
  }

  /**
   * Embeddings of tokens that stand before every row; asked for at every run over whole rows.
   *
   * @param scope owner of the result
   * @return none, or those of V virtual tokens: {@code [V, width of the embedding]}
   */
  default List<NDArray> prompt(NDManager scope) {
    return List.of();
  }

  /** How many virtual tokens {@link #prompt} gives embeddings of. */
  default int promptTokens() {
    return 0;
  }

  /**
   * A pass over training rows is about to run: its random choices are to be drawn from the seed.
   */
  default void startPass(long seed) {}

  /**
   * What the job does at a linear module, as numbers: so that several jobs' tokens can go through
   * the frozen matrix together. Empty where {@link #projection} leaves the linear alone, and where
   * what it does cannot be said in this way.
   *
   * @param module path such as {@code model.layers.0.self_attn.q_proj}
   */
  default Optional<Contribution> contribution(String module) {
    return Optional.empty();
  }
}
