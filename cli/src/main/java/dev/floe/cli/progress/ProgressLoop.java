package dev.floe.cli.progress;

import dev.floe.coordinator.view.SweepView;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Feeds a display from a thread of its own: whoever brings news is not held up by a slow terminal,
 * and the time left goes on ticking when there is no news.
 */
public final class ProgressLoop implements Consumer<SweepView>, AutoCloseable {
  private static final long PERIOD_MILLIS = 200;

  private final ProgressDisplay display;
  private final ScheduledExecutorService thread;
  private volatile SweepView latest;

  private ProgressLoop(ProgressDisplay display) {
    this.display = display;
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread daemon = new Thread(task, "progress");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /** Starts to show what {@link #accept} brings. */
  public static ProgressLoop start(ProgressDisplay display) {
    ProgressLoop loop = new ProgressLoop(display);
    loop.schedule();
    return loop;
  }

  private void schedule() {
    var unused = thread.scheduleWithFixedDelay(this::show, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Takes the sweep as it stands now; from any thread, never blocks. */
  @Override
  public void accept(SweepView view) {
    latest = view;
  }

  private void show() {
    SweepView view = latest;
    if (view != null) {
      display.show(view);
    }
  }

  /** Shows the last view, and returns when the display is done. */
  @Override
  public void close() throws InterruptedException {
    thread.execute(
        () -> {
          if (latest != null) {
            display.end(latest);
          }
        });
    // without this the end above would be dropped together with the periodic task
    thread.shutdown();
    if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
      thread.shutdownNow();
    }
  }
}
