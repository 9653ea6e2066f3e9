package dev.floe.coordinator.vector;

/**
 * What a {@link PersistentVector} keeps up to date about each of its branches, such as how many of
 * their elements are of some kind. Must not depend on the order of adding.
 *
 * @param <T> the elements
 * @param <M> the measurement: mutable while it is summed up, left alone afterwards
 */
public interface Measure<T, M> {

  /** The measurement of nothing. */
  M none();

  /** Adds {@code count} elements that all equal {@code element}. */
  void add(M sum, T element, int count);

  /** Adds what was measured elsewhere. */
  void add(M sum, M measured);
}
