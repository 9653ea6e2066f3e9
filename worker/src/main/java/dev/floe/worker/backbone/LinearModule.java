package dev.floe.worker.backbone;

import dev.floe.worker.config.TargetModule;

/**
 * A linear module of one layer, which can carry an adapter.
 *
 * @param path such as {@code model.layers.3.self_attn.q_proj}
 */
public record LinearModule(String path, int layer, TargetModule target) {
  public int in() {
    return target.in();
  }

  public int out() {
    return target.out();
  }
}
