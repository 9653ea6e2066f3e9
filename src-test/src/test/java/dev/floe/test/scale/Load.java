package dev.floe.test.scale;

import java.time.Duration;

/** How long each job takes its worker; can be changed while they work. */
final class Load {
  private volatile Duration takes = Duration.ZERO;

  Duration takes() {
    return takes;
  }

  /** No pause between a job and the next. */
  void full() {
    takes = Duration.ZERO;
  }

  /** So many jobs each second from all workers together, as far as they are dispatched at once. */
  void jobsPerSecond(double rate, int workers) {
    takes = Duration.ofNanos((long) (workers / rate * 1e9));
  }
}
