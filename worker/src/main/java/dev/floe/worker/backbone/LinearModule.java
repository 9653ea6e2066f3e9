package dev.floe.worker.backbone;

import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.config.TargetModule;

/**
 * A linear module of one layer, which can carry an adapter.
 *
 * @param path such as {@code model.layers.3.self_attn.q_proj}
 */
public record LinearModule(String path, int layer, TargetModule target) {
  /** Path of the block that it is part of: for the MLP's modules that of the MLP. */
  public String block() {
    return BackboneLayout.blockPath(path);
  }

  public int in() {
    return target.in();
  }

  public int out() {
    return target.out();
  }
}
