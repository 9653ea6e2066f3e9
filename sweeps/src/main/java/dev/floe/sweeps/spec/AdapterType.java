package dev.floe.sweeps.spec;

import java.util.Locale;

/** The methods that {@code adapter.type} names. */
public enum AdapterType {
  LORA,
  SERIES,
  PARALLEL,
  PREFIX,
  PROMPT,
  P_TUNING,
  IA3,
  FULL;

  /** Whether it sits on linear modules: whether it has a placement. */
  public boolean isPlaced() {
    return this == IA3 || isRanked();
  }

  /** Whether it puts virtual tokens before every row. */
  public boolean hasVirtualTokens() {
    return this == PREFIX || this == PROMPT || this == P_TUNING;
  }

  /** Whether it has a rank or a bottleneck. */
  public boolean isRanked() {
    return this == LORA || this == SERIES || this == PARALLEL;
  }

  /** The name that the sweep file and the tables use, such as {@code lora}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
