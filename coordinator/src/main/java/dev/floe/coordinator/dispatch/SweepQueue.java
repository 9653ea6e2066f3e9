package dev.floe.coordinator.dispatch;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The sweeps that have work. Each job comes from the first, which then goes to the end. */
final class SweepQueue {
  private final Set<String> withWork = new LinkedHashSet<>();

  /** The sweep has work; it keeps its place when that was known. */
  void add(String sweep) {
    withWork.add(sweep);
  }

  /** The sweep has none, until it is added again. */
  void remove(String sweep) {
    withWork.remove(sweep);
  }

  /** Whose turn it is; empty when there is no work. */
  Optional<String> next() {
    Optional<String> first = withWork.stream().findFirst();
    first.ifPresent(
        sweep -> {
          withWork.remove(sweep);
          withWork.add(sweep);
        });
    return first;
  }
}
