package dev.floe.cli.progress;

import dev.floe.coordinator.view.SweepView;
import java.io.PrintWriter;
import java.time.InstantSource;

/** Shows how a running sweep comes along. Used by one thread at a time. */
public interface ProgressDisplay {

  /** Shows the sweep as it stands now. May be called as often as one likes. */
  void show(SweepView view);

  /** Shows the sweep for the last time, and leaves the terminal to what comes next. */
  void end(SweepView view);

  /**
   * The display that fits where {@code out} goes.
   *
   * @param terminal whether it is a terminal that knows cursor movements
   */
  static ProgressDisplay on(PrintWriter out, boolean terminal, InstantSource clock) {
    return terminal ? new LiveDisplay(out, clock) : new PlainDisplay(out, clock);
  }
}
