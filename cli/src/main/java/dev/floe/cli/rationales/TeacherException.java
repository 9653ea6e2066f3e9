package dev.floe.cli.rationales;

import java.time.Duration;
import java.util.Optional;

/** A teacher gave no reply; the message says why, in one line. */
final class TeacherException extends Exception {
  private final Reach reach;
  private final Duration after;

  /** What it means for other attempts. */
  enum Reach {
    /** The same question may be answered later. */
    FOR_NOW,
    /** This question will not be; others may. */
    THIS_QUESTION,
    /** No question will be: the address, the model or the key is wrong. */
    ALL
  }

  TeacherException(Reach reach, String message) {
    this(reach, message, null);
  }

  /**
   * A failure whose teacher said when to come back.
   *
   * @param after null where it did not say
   */
  TeacherException(Reach reach, String message, Duration after) {
    super(message);
    this.reach = reach;
    this.after = after;
  }

  Reach reach() {
    return reach;
  }

  /** How long the teacher asks to be left alone. */
  Optional<Duration> after() {
    return Optional.ofNullable(after);
  }
}
