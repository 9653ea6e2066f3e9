package dev.floe.cli.embedded;

import dev.floe.cli.RunRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM: running jobs checkpoint and hand back their leases, then the process ends.
 * What a second process needs to go on is on disk before the first is gone.
 */
final class Interruption {
  private static final long LONGEST_SECONDS = 5;

  private final EmbeddedHost host;
  private final RunRequest request;
  private final Thread hook = new Thread(this::drain, "floe-interruption");
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean underWay;

  private Interruption(EmbeddedHost host, RunRequest request) {
    this.host = host;
    this.request = request;
  }

  /** From now on until {@link #cancel}, a signal drains the host. */
  static Interruption drainsOnSignal(EmbeddedHost host, RunRequest request) {
    Interruption interruption = new Interruption(host, request);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void drain() {
    underWay = true;
    try {
      host.drain();
      EmbeddedRun.say(request, "stopped; the same command goes on where this run came to");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  boolean isUnderWay() {
    return underWay;
  }

  /** Waits until the drain is over; the process is ending. */
  void awaitEnd() throws InterruptedException {
    if (!ended.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      host.system().log().warn("the drain took longer than {} s", LONGEST_SECONDS);
    }
    // the process ends under this thread; what follows a run must not be printed
    new CountDownLatch(1).await();
  }

  /** Signals end the process at once again. */
  void cancel() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      host.system().log().debug("the process is ending already", e);
    }
  }
}
