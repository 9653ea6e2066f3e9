package dev.floe.worker.adapter;

import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the modules that a placement means on a given backbone. */
final class Placements {
  private Placements() {}

  /**
   * Selects modules; refuses a placement that means none.
   *
   * @param outputsOnly whether a role means only its last linear, as it does for series adapters
   */
  static List<LinearModule> select(Placement placement, Backbone backbone, boolean outputsOnly) {
    List<LinearModule> modules = backbone.modules();
    checkNames(placement, modules);
    int layers = backbone.config().layers();
    if (placement.layers() != null && !placement.layers().existsIn(layers)) {
      throw new InvalidJobException(
          "adapter.placement: layers %s do not exist; the backbone has layers 0..%d"
              .formatted(placement.layers().text(), layers - 1));
    }
    List<LinearModule> selected =
        modules.stream()
            .filter(module -> placement.meansLayer(module.layer(), layers))
            .filter(module -> placement.means(module.path(), module.target().part(), outputsOnly))
            .toList();
    if (selected.isEmpty()) {
      throw new InvalidJobException(
          "adapter.placement %s means no module of the backbone; it has %s in layers 0..%d"
              .formatted(placement.label(), String.join(", ", names(modules)), layers - 1));
    }
    return selected;
  }

  /**
   * Selects the modules of a parallel adapter: all that the placement means, or, beside MLP blocks,
   * those of them that are part of an MLP.
   */
  static List<LinearModule> select(Placement placement, Beside beside, Backbone backbone) {
    List<LinearModule> selected = select(placement, backbone, false);
    if (beside == Beside.PROJECTIONS) {
      return selected;
    }
    List<LinearModule> ofMlp =
        selected.stream().filter(module -> !module.target().part().isAttention()).toList();
    if (ofMlp.isEmpty()) {
      throw new InvalidJobException(
          "adapter.placement %s means no linear of an MLP, which adapter.beside mlp-block needs"
              .formatted(placement.label()));
    }
    return ofMlp;
  }

  private static void checkNames(Placement placement, List<LinearModule> modules) {
    for (String name : placement.modules()) {
      if (modules.stream().noneMatch(module -> Placement.isNamed(name, module.path()))) {
        throw new InvalidJobException(
            "adapter.placement: the backbone has no module "
                + name
                + "; it has "
                + String.join(", ", names(modules)));
      }
    }
  }

  /**
   * Selected modules as PEFT's config names them.
   *
   * @param modules short names, or whole paths where no set of layers has them in common
   * @param layers those adapted; empty for all
   */
  record Targets(List<String> modules, List<Integer> layers) {

    static Targets of(List<LinearModule> selected, int layers) {
      Set<String> names = new LinkedHashSet<>();
      Set<Integer> adapted = new TreeSet<>();
      for (LinearModule module : selected) {
        names.add(module.target().name());
        adapted.add(module.layer());
      }
      if (names.size() * adapted.size() != selected.size()) {
        return new Targets(selected.stream().map(LinearModule::path).toList(), List.of());
      }
      return new Targets(
          List.copyOf(names), adapted.size() == layers ? List.of() : List.copyOf(adapted));
    }

    /** Selected modules for a config that cannot name layers. */
    static List<String> anywhere(List<LinearModule> selected, Backbone backbone) {
      if (selected.isEmpty()) {
        return List.of();
      }
      Targets targets = of(selected, backbone.config().layers());
      return targets.layers.isEmpty()
          ? targets.modules
          : selected.stream().map(LinearModule::path).toList();
    }
  }

  private static Set<String> names(List<LinearModule> modules) {
    Set<String> names = new TreeSet<>();
    modules.forEach(module -> names.add(module.target().name()));
    return names;
  }
}
