package dev.floe.cli.tune;

import dev.floe.cli.EndSignal;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.report.Progress.Phase;
import dev.floe.worker.node.RunControl;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows how the one job is getting on, and lets Ctrl-C or SIGTERM end it with a checkpoint, which
 * the same command goes on from.
 */
final class TuneControl implements RunControl, AutoCloseable {
  private static final long LONGEST_STOP_SECONDS = 30;
  private static final long BETWEEN_LINES = Duration.ofSeconds(2).toNanos();

  private final PrintWriter err;
  private final boolean quiet;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final EndSignal signal;
  private long lastLine = System.nanoTime() - BETWEEN_LINES;

  private TuneControl(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.signal = EndSignal.runs(this::drain);
  }

  /** From now on until it is closed, a signal stops the job between two steps. */
  static TuneControl start(PrintWriter err, boolean quiet) {
    return new TuneControl(err, quiet);
  }

  private void drain() throws InterruptedException {
    if (ended.await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
      say("stopped; the same command goes on where this run came to");
    }
  }

  @Override
  public Optional<StopReason> stopRequested() {
    return signal.came() ? Optional.of(StopReason.DRAIN) : Optional.empty();
  }

  /** The engine's own rhythm is enough. */
  @Override
  public boolean checkpointRequested() {
    return false;
  }

  @Override
  public void progress(Progress progress) {
    boolean last = progress.phase() != Phase.PREPARING && progress.step() == progress.steps();
    if (quiet || !(last || System.nanoTime() - lastLine >= BETWEEN_LINES)) {
      return;
    }
    lastLine = System.nanoTime();
    switch (progress.phase()) {
      case PREPARING -> say("loading backbone and data");
      case TRAINING ->
          say(
              String.format(
                  Locale.ROOT,
                  "step %d of %d, loss %.4f, %.0f tokens/s",
                  progress.step(),
                  progress.steps(),
                  progress.loss(),
                  progress.tokensPerSecond()));
      case EVALUATING -> say("evaluated " + progress.step() + " of " + progress.steps() + " rows");
    }
  }

  private void say(String line) {
    err.println("floe: " + line);
    err.flush();
  }

  /** The job has ended; signals end the process at once again. */
  @Override
  public void close() {
    ended.countDown();
    signal.callOff();
  }
}
