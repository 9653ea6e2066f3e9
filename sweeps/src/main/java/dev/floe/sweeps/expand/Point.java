package dev.floe.sweeps.expand;

import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import dev.floe.sweeps.spec.SweepSpec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One point of the product: an adapter type, and for each axis which of its values.
 *
 * @param digits the position of the value on each axis
 */
record Point(AdapterType type, Map<Axis, Integer> digits) {

  /**
   * Decodes position {@code offset} within the block of {@code type}: a number in mixed radix whose
   * last digit, the seed, varies fastest.
   */
  static Point decode(SweepSpec spec, AdapterType type, int offset) {
    Axis[] axes = Axis.values();
    Map<Axis, Integer> digits = new EnumMap<>(Axis.class);
    int rest = offset;
    for (int i = axes.length - 1; i >= 0; i--) {
      int size = axes[i].size(spec, type);
      digits.put(axes[i], rest % size);
      rest /= size;
    }
    return new Point(type, digits);
  }

  /** This point's value on an axis that has values. */
  <T> T on(Axis axis, List<T> values) {
    return values.get(digits.get(axis));
  }

  /** This point's value on an axis, or {@code fallback} where the sweep gives none. */
  <T> T on(Axis axis, List<T> values, T fallback) {
    return values.isEmpty() ? fallback : on(axis, values);
  }
}
