package dev.floe.worker.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The table of an architecture's names: the modules that adapters can sit on, and every weight.
 *
 * @param basePath where the model without its head sits, such as {@code model.}
 * @param layersPath path of the list of layers, such as {@code model.layers}
 * @param targets the linear modules of one layer, in the order in which data passes them
 * @param weights all weights of the backbone; a tied head has no slot of its own
 */
public record BackboneLayout(
    String basePath, String layersPath, List<TargetModule> targets, List<WeightSlot> weights) {
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

  /**
   * Full path of the block that a module is part of, such as {@code model.layers.3.mlp}; that of
   * the layer where its modules stand in no block.
   */
  public static String blockPath(String modulePath) {
    return modulePath.substring(0, modulePath.lastIndexOf('.'));
  }

  /** The target of that short name, such as {@code q_proj}. */
  public Optional<TargetModule> target(String name) {
    return targets.stream().filter(target -> target.name().equals(name)).findFirst();
  }

  /**
   * The name under which a file holds a weight: some checkpoints were saved from the model without
   * its head, whose names lack the base path.
   *
   * @param names of the file's tensors
   */
  public String storedName(WeightSlot slot, Set<String> names) {
    String name = slot.name();
    if (names.contains(name) || !name.startsWith(basePath)) {
      return name;
    }
    String bare = name.substring(basePath.length());
    return names.contains(bare) ? bare : name;
  }

  /** Number of weights' elements. */
  public long parameters() {
    return weights.stream().mapToLong(WeightSlot::elements).reduce(0, Math::addExact);
  }
}
