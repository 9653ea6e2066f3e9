package dev.floe.worker.adapter;

import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.LinearModule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the modules that a placement means on a given backbone. */
final class Placements {
  private Placements() {}

  /**
   * Selects modules; refuses a placement that means none.
   *
   * @param modules all that the backbone has, in its order
   * @param outputsOnly whether a role means only its last linear, as it does for series adapters
   */
  static List<LinearModule> select(
      Placement placement, List<LinearModule> modules, boolean outputsOnly) {
    List<LinearModule> selected =
        modules.stream()
            .filter(module -> placement.layers() == null || inLayers(placement, module))
            .filter(module -> named(placement, module, outputsOnly))
            .toList();
    if (selected.isEmpty()) {
      throw new InvalidJobException(
          "adapter.placement "
              + placement.label()
              + " means no module of the backbone; it has "
              + String.join(", ", names(modules))
              + " in layers 0.."
              + modules.get(modules.size() - 1).layer());
    }
    for (String name : placement.modules()) {
      if (!names(modules).contains(name)) {
        throw new InvalidJobException(
            "adapter.placement: the backbone has no module "
                + name
                + "; it has "
                + String.join(", ", names(modules)));
      }
    }
    return selected;
  }

  private static boolean inLayers(Placement placement, LinearModule module) {
    return placement.layers().contains(module.layer());
  }

  private static boolean named(Placement placement, LinearModule module, boolean outputsOnly) {
    if (placement.role() == null) {
      return placement.modules().contains(module.target().name());
    }
    return placement.role().equals(module.target().role().label())
        && (module.target().output() || !outputsOnly);
  }

  private static Set<String> names(List<LinearModule> modules) {
    Set<String> names = new TreeSet<>();
    modules.forEach(module -> names.add(module.target().name()));
    return names;
  }
}
