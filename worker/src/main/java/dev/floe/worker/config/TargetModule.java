package dev.floe.worker.config;

import dev.floe.protocol.backbone.BackboneDescription;

/**
 * A linear module of a layer that adapters can sit on.
 *
 * @param path where it is in its layer, such as {@code self_attn.q_proj}
 * @param output whether it is the last linear of its role: where a series adapter sits
 * @param in input features
 * @param out output features
 * @param bias whether it has a bias [out] beside its weight [out, in]
 */
public record TargetModule(String path, Role role, boolean output, int in, int out, boolean bias) {
  /** The part of a layer that a module belongs to. */
  public enum Role {
    ATTENTION("attention"),
    MLP("mlp");

    private final String label;

    Role(String label) {
      this.label = label;
    }

    /** The name that sweep files use. */
    public String label() {
      return label;
    }
  }

  /** The name that sweep files use, such as {@code q_proj}. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  BackboneDescription.Target describe() {
    return new BackboneDescription.Target(name(), role.label(), output, in, out);
  }
}
