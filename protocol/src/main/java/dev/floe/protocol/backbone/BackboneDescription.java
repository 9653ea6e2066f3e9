package dev.floe.protocol.backbone;

import java.util.List;

/**
 * What a model directory holds, read from its config and its tensors' headers, without loading a
 * weight: enough to refuse a job that can never run on it.
 *
 * @param architecture such as {@code llama}
 * @param parameters number of weights
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
    List<Target> targets) {
  public BackboneDescription {
    targets = List.copyOf(targets);
  }

  /**
   * A linear module that can carry an adapter.
   *
   * @param name such as {@code q_proj}
   * @param role {@code attention} or {@code mlp}
   * @param output whether it is the last linear of its role: where a series adapter sits
   * @param in input features
   * @param out output features
   */
  public record Target(String name, String role, boolean output, int in, int out) {}
}
