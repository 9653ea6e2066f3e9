package dev.floe.sweeps.results;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How results keep numbers that JSON cannot write. */
final class Numbers {
  private Numbers() {}

  static Double finiteOrNull(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }

  /** A curve keeps its length: a step without a finite loss is NaN. */
  static List<Double> curve(List<Double> losses) {
    return losses == null
        ? List.of()
        : losses.stream().map(loss -> loss == null ? Double.NaN : loss).toList();
  }

  /** Sorted by name; a value that is not finite is left out. */
  static Map<String, Double> metrics(Map<String, Double> metrics) {
    Map<String, Double> sorted = new TreeMap<>();
    if (metrics != null) {
      metrics.forEach(
          (name, value) -> {
            if (finiteOrNull(value) != null) {
              sorted.put(name, value);
            }
          });
    }
    return Collections.unmodifiableMap(sorted);
  }
}
