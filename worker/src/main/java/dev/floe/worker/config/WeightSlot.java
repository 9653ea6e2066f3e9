package dev.floe.worker.config;

import java.util.Arrays;
import java.util.List;

/**
 * A weight that an architecture has.
 *
 * @param name as the safetensors file has it
 * @param kind what it is for, which tells how a fresh one is initialised
 * @param dimensions outermost first
 */
public record WeightSlot(String name, Kind kind, List<Long> dimensions) {
  public WeightSlot {
    dimensions = List.copyOf(dimensions);
  }

  static WeightSlot of(String name, Kind kind, long... shape) {
    return new WeightSlot(name, kind, Arrays.stream(shape).boxed().toList());
  }

  /** The dimensions as an array. */
  public long[] shape() {
    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }

  /** Number of elements. */
  public long elements() {
    return dimensions.stream().reduce(1L, Math::multiplyExact);
  }

  /** What a weight is for. */
  public enum Kind {
    /** Matrix of token vectors [vocabulary, hidden]. */
    EMBEDDING,
    /** Matrix [out, in] of a linear module. */
    LINEAR,
    /** Vector that is added: starts at 0. */
    BIAS,
    /** Vector that a normalisation multiplies by: starts at 1. */
    NORM_SCALE
  }
}
