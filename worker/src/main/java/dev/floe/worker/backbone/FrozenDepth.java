package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Map;

/** Finds out which of a backbone's layers an adapter changes. */
final class FrozenDepth {
  private FrozenDepth() {}

  /** How many layers at the bottom come out as if the job had no adapter. */
  static int of(
      Attachment job,
      int layers,
      List<LinearModule> modules,
      BackboneLayout layout,
      Map<String, NDArray> weights,
      Kernels kernels) {
    if (job.prefixTokens() > 0 || job.promptTokens() > 0) {
      return 0;
    }
    int depth = layers;
    for (WeightSlot slot : layout.weights()) {
      NDArray frozen = weights.get(slot.name());
      if (frozen == null || job.weight(slot.name(), frozen) != frozen) {
        depth = Math.min(depth, layerOf(slot.name(), layers, layout));
      }
    }
    for (LinearModule module : modules) {
      FrozenLinear linear =
          new FrozenLinear(kernels, weights.get(module.path() + ".weight"), List.of());
      if (module.layer() < depth && job.projection(module.path(), linear) != linear) {
        depth = module.layer();
      }
    }
    return depth;
  }

  /** A weight outside of the layers may be the embedding's. */
  private static int layerOf(String weight, int layers, BackboneLayout layout) {
    for (int layer = 0; layer < layers; layer++) {
      if (weight.startsWith(layout.layerPath(layer) + ".")) {
        return layer;
      }
    }
    return 0;
  }

  /** Whether the job leaves every weight as it is, so that others can run through them with it. */
  static boolean keepsWeights(Attachment job, BackboneLayout layout, Map<String, NDArray> weights) {
    return layout.weights().stream()
        .map(WeightSlot::name)
        .allMatch(
            name ->
                weights.get(name) != null
                    && job.weight(name, weights.get(name)) == weights.get(name));
  }
}
