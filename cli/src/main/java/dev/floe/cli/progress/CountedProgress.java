package dev.floe.cli.progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Tells how many of a known number of things are done, with the time left, a few times a minute.
 */
public final class CountedProgress {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final PrintWriter err;
  private final String things;
  private final int all;
  private final InstantSource clock;
  private final TimeLeft timeLeft;
  private Instant told;

  /**
   * Starts the count.
   *
   * @param things what is counted, in the plural
   */
  public CountedProgress(PrintWriter err, String things, int all, InstantSource clock) {
    this.err = err;
    this.things = things;
    this.all = all;
    this.clock = clock;
    timeLeft = new TimeLeft(clock);
    told = clock.instant();
    var unused = timeLeft.at(0);
  }

  /** So many are done. */
  public void done(int count) {
    Instant now = clock.instant();
    if (count < all && now.isBefore(told.plus(EVERY))) {
      return;
    }
    told = now;
    String left =
        count == all
            ? ""
            : timeLeft
                .at((double) count / all)
                .map(time -> ", " + TimeLeft.text(time) + " left")
                .orElse("");
    err.printf("floe: %d of %d %s%s%n", count, all, things, left);
    err.flush();
  }
}
