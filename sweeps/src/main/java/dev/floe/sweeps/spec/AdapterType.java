package dev.floe.sweeps.spec;

import java.util.Locale;

/** The methods that {@code adapter.type} names. */
public enum AdapterType {
  LORA,
  SERIES,
  PARALLEL,
  PREFIX,
  FULL;

  /** Whether it sits on linear modules: whether it has a placement. */
  public boolean isPlaced() {
    return this == LORA || this == SERIES || this == PARALLEL;
  }

  /** The name that the sweep file and the tables use, such as {@code lora}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
