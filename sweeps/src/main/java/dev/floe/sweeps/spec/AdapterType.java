package dev.floe.sweeps.spec;

import java.util.Locale;

/** The methods that {@code adapter.type} names. */
public enum AdapterType {
  LORA,
  SERIES,
  PARALLEL,
  FULL;

  /** The name that the sweep file and the tables use, such as {@code lora}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
