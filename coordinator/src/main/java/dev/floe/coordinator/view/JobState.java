package dev.floe.coordinator.view;

import java.util.Locale;

/** Where a job stands. The terminal states are those of {@code results.json}. */
public enum JobState {
  /** Waits for a device, for the first time or for a retry. */
  PENDING,
  /** Leased to a worker. */
  RUNNING,
  /** Ran to its end. */
  DONE,
  /** Will not be tried again: invalid, out of memory, or out of attempts. */
  FAILED,
  /** Ran until its loss diverged: a result, not an error. */
  DIVERGED,
  /** Given up on request before its end. */
  STOPPED,
  /** Took down its worker twice; the sweep goes on without it. */
  QUARANTINED;

  /** Whether nothing more happens to a job in this state. */
  public boolean terminal() {
    return this != PENDING && this != RUNNING;
  }

  /** The form that files and pages show, such as {@code done}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
