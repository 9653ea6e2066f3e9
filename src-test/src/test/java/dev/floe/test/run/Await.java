package dev.floe.test.run;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does, by looking again and again. */
public final class Await {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /** A look at the other process. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException;
  }

  /** Lets time pass. */
  public static void pause(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = deadline - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Returns as soon as the condition holds; fails when it does not in time. */
  public static void until(String what, Duration longest, Condition condition) throws IOException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + longest + " still waiting for " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
