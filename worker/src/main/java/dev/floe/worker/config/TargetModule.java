package dev.floe.worker.config;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.LinearPart;

/**
 * A linear module of a layer that adapters can sit on.
 *
 * @param path where it is in its layer, such as {@code self_attn.q_proj}
 * @param in input features
 * @param out output features
 * @param bias whether it has a bias [out] beside its weight [out, in]
 */
public record TargetModule(String path, LinearPart part, int in, int out, boolean bias) {
  /** The name that sweep files use, such as {@code q_proj}. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  BackboneDescription.Target describe() {
    return new BackboneDescription.Target(path, part, in, out);
  }
}
