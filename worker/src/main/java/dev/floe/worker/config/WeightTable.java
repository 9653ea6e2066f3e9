package dev.floe.worker.config;

import dev.floe.worker.config.WeightSlot.Kind;
import java.util.ArrayList;
import java.util.List;

/** Collects an architecture's weights, in the order of the model. */
final class WeightTable {
  private final List<WeightSlot> slots = new ArrayList<>();

  WeightTable embedding(String name, long rows, long width) {
    slots.add(WeightSlot.of(name, Kind.EMBEDDING, rows, width));
    return this;
  }

  /** A norm with a scale alone. */
  WeightTable scale(String name, long width) {
    slots.add(WeightSlot.of(name, Kind.NORM_SCALE, width));
    return this;
  }

  /** A norm with scale and bias. */
  WeightTable norm(String path, long width) {
    slots.add(WeightSlot.of(path + ".bias", Kind.BIAS, width));
    return scale(path + ".weight", width);
  }

  WeightTable matrix(String name, long out, long in) {
    slots.add(WeightSlot.of(name, Kind.LINEAR, out, in));
    return this;
  }

  WeightTable bias(String name, long width) {
    slots.add(WeightSlot.of(name, Kind.BIAS, width));
    return this;
  }

  /** The linear modules of a layer. */
  WeightTable targets(String layer, List<TargetModule> targets) {
    for (TargetModule target : targets) {
      matrix(layer + target.path() + ".weight", target.out(), target.in());
      if (target.bias()) {
        bias(layer + target.path() + ".bias", target.out());
      }
    }
    return this;
  }

  List<WeightSlot> slots() {
    return slots;
  }
}
