package dev.floe.protocol.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Why an attempt did not end with a report.
 *
 * @param kind what it means for the job; policy looks at nothing else
 * @param message one line: what, where, what to do
 * @param detail a stack trace or a log's tail, for the file; may be empty
 */
public record JobFailure(Kind kind, String message, String detail) {
  public JobFailure {
    if (kind == null) {
      throw new IllegalArgumentException("a failure needs its kind");
    }
    message = message == null ? "" : message;
    detail = detail == null ? "" : detail;
  }

  /** The kinds of failure of the architecture page. */
  public enum Kind {
    /** The worker or node died, or its lease ran out. */
    LOST,
    /** Heartbeats, but no step. */
    HUNG,
    /** The device could not allocate. */
    OUT_OF_MEMORY,
    /** The job can never run: unknown module, missing file, broken data. */
    INVALID,
    /** The job took down its worker twice. */
    POISON,
    /** Any other exception. */
    BUG;

    /** The form that files, commands and pages use, such as {@code out-of-memory}. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind with this key.
     *
     * @throws IllegalArgumentException with one line that names all kinds
     */
    public static Kind of(String key) {
      for (Kind kind : values()) {
        if (kind.key().equals(key)) {
          return kind;
        }
      }
      String known = Arrays.stream(values()).map(Kind::key).collect(Collectors.joining(", "));
      throw new IllegalArgumentException("unknown kind of failure " + key + "; known are " + known);
    }
  }
}
