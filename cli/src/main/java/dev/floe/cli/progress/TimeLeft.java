package dev.floe.cli.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Tells the time left from the pace since this process started, so that what an earlier run did
 * does not make the rest look short.
 */
final class TimeLeft {
  /** Below this share of the work, a pace means little. */
  private static final double TOO_EARLY = 0.01;

  private final InstantSource clock;
  private Instant start;
  private double doneAtStart;

  TimeLeft(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The time that the rest takes at the pace so far; empty while it is too early to tell.
   *
   * @param done share of the work that is done, in [0, 1]
   */
  Optional<Duration> at(double done) {
    Instant now = clock.instant();
    if (start == null) {
      start = now;
      doneAtStart = done;
    }
    double gained = done - doneAtStart;
    if (gained < TOO_EARLY) {
      return Optional.empty();
    }
    double elapsed = Duration.between(start, now).toMillis();
    return Optional.of(Duration.ofMillis(Math.round(elapsed * (1 - done) / gained)));
  }

  /** Such as {@code 45 s}, {@code 3 min 20 s} or {@code 2 h 5 min}. */
  static String text(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
