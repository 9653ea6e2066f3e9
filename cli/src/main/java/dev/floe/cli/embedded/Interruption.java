package dev.floe.cli.embedded;

import dev.floe.cli.EndSignal;
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
  private final CountDownLatch silent = new CountDownLatch(1);
  private final EndSignal signal;

  private Interruption(EmbeddedHost host, RunRequest request) {
    this.host = host;
    this.request = request;
    this.signal = EndSignal.runs(this::drain);
  }

  /** From now on until {@link #cancel}, a signal drains the host. */
  static Interruption drainsOnSignal(EmbeddedHost host, RunRequest request) {
    return new Interruption(host, request);
  }

  private void drain() throws InterruptedException {
    host.drain();
    // what the display still shows must not follow the last line
    if (!silent.await(SILENT_WITHIN_MILLIS, TimeUnit.MILLISECONDS)) {
      host.system().log().warn("the run goes on printing after the drain");
    }
    EmbeddedRun.say(request, "stopped; the same command goes on where this run came to");
  }

  boolean isUnderWay() {
    return signal.came();
  }

  /** The run has printed all it had to print; the process ends under the calling thread. */
  void awaitEnd() throws InterruptedException {
    silent.countDown();
    new CountDownLatch(1).await();
  }

  /** Signals end the process at once again. */
  void cancel() {
    signal.callOff();
  }
}
