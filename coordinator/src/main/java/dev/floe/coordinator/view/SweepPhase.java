package dev.floe.coordinator.view;

import java.util.Locale;

/** Where a sweep stands. */
public enum SweepPhase {
  /** Hands out its pending jobs. */
  RUNNING,
  /** Hands out nothing until it is resumed; no progress is lost. */
  STOPPED,
  /** Every job is terminal. */
  FINISHED;

  /** The form that files and pages show, such as {@code running}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
