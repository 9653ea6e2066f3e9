package dev.floe.cli.agent;

import java.time.Duration;

/**
 * How long to wait before a device's process is started again: at first hardly, then twice as long
 * each time, up to a minute. A process that lived for a minute makes up for those before it.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** A node that does not see the shared directory is not cured by trying. */
  private static final Duration BLIND = Duration.ofSeconds(30);

  private Duration next = FIRST;

  /** The wait after a process that ended with this code after so long a life. */
  Duration after(int exitCode, Duration lived) {
    if (lived.compareTo(LONGEST) >= 0) {
      next = FIRST;
    }
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return exitCode == DeviceExit.BLIND && wait.compareTo(BLIND) < 0 ? BLIND : wait;
  }
}
