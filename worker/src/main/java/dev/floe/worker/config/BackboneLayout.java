package dev.floe.worker.config;

import java.util.List;
import java.util.Optional;

/**
 * The table of an architecture's names: the modules that adapters can sit on, and every weight.
 *
 * @param layersPath path of the list of layers, such as {@code model.layers}
 * @param targets the linear modules of one layer, in the order in which data passes them
 * @param weights all weights of the backbone; a tied head has no slot of its own
 */
public record BackboneLayout(
    String layersPath, List<TargetModule> targets, List<WeightSlot> weights) {
  public BackboneLayout {
    targets = List.copyOf(targets);
    weights = List.copyOf(weights);
  }

  /** Full path of a layer, such as {@code model.layers.3}. */
  public String layerPath(int layer) {
    return layersPath + "." + layer;
  }

  /** Full path of a module, such as {@code model.layers.3.self_attn.q_proj}. */
  public String modulePath(int layer, TargetModule module) {
    return layerPath(layer) + "." + module.path();
  }

  /** The target of that short name, such as {@code q_proj}. */
  public Optional<TargetModule> target(String name) {
    return targets.stream().filter(target -> target.name().equals(name)).findFirst();
  }

  /** Number of weights' elements. */
  public long parameters() {
    return weights.stream().mapToLong(WeightSlot::elements).reduce(0, Math::addExact);
  }
}
