package dev.floe.sweeps.spec;

import java.util.List;

/** How the records of this package take their lists: copied, and never null. */
final class Lists {
  private Lists() {}

  static <T> List<T> optional(List<T> values) {
    return values == null ? List.of() : List.copyOf(values);
  }

  static <T> List<T> required(String name, List<T> values) {
    List<T> copy = optional(values);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException(name + " needs at least one value");
    }
    return copy;
  }
}
