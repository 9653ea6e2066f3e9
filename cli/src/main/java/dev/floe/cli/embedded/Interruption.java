package dev.floe.cli.embedded;

import dev.floe.cli.RunRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM: running jobs checkpoint and hand back their leases, then the process ends.
 * What a second process needs to go on is on disk before the first is gone.
 */
final class Interruption {
  /** What is left of five seconds after the drain. */
  private static final long SILENT_WITHIN_MILLIS = 400;

  private final EmbeddedHost host;
  private final RunRequest request;
  private final Thread hook = new Thread(this::drain, "floe-interruption");
  private final CountDownLatch silent = new CountDownLatch(1);
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
      // what the display still shows must not follow the last line
      if (!silent.await(SILENT_WITHIN_MILLIS, TimeUnit.MILLISECONDS)) {
        host.system().log().warn("the run goes on printing after the drain");
      }
      EmbeddedRun.say(request, "stopped; the same command goes on where this run came to");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isUnderWay() {
    return underWay;
  }

  /** The run has printed all it had to print; the process ends under the calling thread. */
  void awaitEnd() throws InterruptedException {
    silent.countDown();
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
