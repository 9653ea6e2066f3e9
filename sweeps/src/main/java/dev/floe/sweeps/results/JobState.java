package dev.floe.sweeps.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Where a job stands. The results of a sweep that has ended hold only the states that end a job.
 */
public enum JobState {
  PENDING,
  RUNNING,
  /** Trained and, where there is data for it, scored. */
  DONE,
  /** Out of attempts, or impossible from the start. */
  FAILED,
  /** The loss became infinite or not a number: a result with its curve, not an error. */
  DIVERGED,
  /** Ended on request or by the search before its training did. */
  STOPPED,
  /** Took down its worker too often to be tried again. */
  QUARANTINED;

  /** The word in {@code results.json}. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static JobState of(String key) {
    for (JobState state : values()) {
      if (state.key().equals(key)) {
        return state;
      }
    }
    throw new IllegalArgumentException("unknown job state " + key);
  }

  /** Whether a job in this state changes no more. */
  public boolean ended() {
    return this != PENDING && this != RUNNING;
  }
}
