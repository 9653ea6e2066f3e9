package dev.floe.protocol.backbone;

import java.util.List;

/**
 * What a model directory holds, read from its config and its tensors' headers, without loading a
 * weight: enough to refuse a job that can never run on it.
 *
 * @param architecture such as {@code llama}
 * @param parameters number of weights
 * @param layersPath path of the list of layers, such as {@code model.layers}
 * @param targets the linear modules of one layer that adapters can sit on
 */
public record BackboneDescription(
    String path,
    String architecture,
    int layers,
    int hidden,
    int vocabulary,
    int longestContext,
    long parameters,
    String layersPath,
    List<Target> targets) {
  public BackboneDescription {
    targets = List.copyOf(targets);
  }

  /** A module's whole path, such as {@code model.layers.3.self_attn.q_proj}. */
  public String modulePath(int layer, Target target) {
    return layersPath + "." + layer + "." + target.path();
  }

  /**
   * A linear module that can carry an adapter.
   *
   * @param path where it is in its layer, such as {@code self_attn.q_proj}
   * @param in input features
   * @param out output features
   */
  public record Target(String path, LinearPart part, int in, int out) {

    /** The name that sweep files use, such as {@code q_proj}. */
    public String name() {
      return path.substring(path.lastIndexOf('.') + 1);
    }
  }
}
