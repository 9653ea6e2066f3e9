package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import java.util.List;

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
   * Keys and values that every row sees before its own.
   *
   * @return none, or those of V virtual tokens: {@code [V, layers · 2 · K · D]}, per token layer by
   *     layer, key then value
   */
  default List<NDArray> prefix() {
    return List.of();
  }
}
