package dev.floe.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The factor of what a bottleneck adapter adds: a fixed one, or one that is trained for each
 * module, which starts at 1. As JSON, and in sweep files, a number or {@code learned}.
 *
 * @param factor the fixed factor, or what a learned one starts at; positive
 */
public record Scaling(double factor, boolean learned) {
  /** The word for a factor that is trained. */
  public static final String LEARNED = "learned";

  public Scaling {
    Checks.positive("adapter.scaling", factor);
  }

  public static Scaling fixed(double factor) {
    return new Scaling(factor, false);
  }

  /** A trained factor. */
  public static Scaling trained() {
    return new Scaling(1, true);
  }

  /** Reads the form that {@link #value} gives. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Scaling of(Object value) {
    if (value instanceof Number number) {
      return fixed(number.doubleValue());
    }
    if (LEARNED.equals(value)) {
      return trained();
    }
    throw new IllegalArgumentException(
        "adapter.scaling must be a positive number or " + LEARNED + ", got " + value);
  }

  /** The factor as a number, or {@link #LEARNED}. */
  @JsonValue
  public Object value() {
    return learned ? (Object) LEARNED : factor;
  }
}
