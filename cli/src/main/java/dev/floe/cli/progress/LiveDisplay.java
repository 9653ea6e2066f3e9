package dev.floe.cli.progress;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.JobState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * For terminals: a block that is drawn over and over in place, a bar with what is done and below it
 * a line for each running job.
 */
final class LiveDisplay implements ProgressDisplay {
  private static final Duration FRAME = Duration.ofMillis(100);
  private static final int BAR = 24;

  /** More running jobs than this are counted, not listed: the block must fit on a screen. */
  private static final int LISTED = 12;

  private static final String CLEAR_BELOW = "\u001b[J";
  // a line that is too long is cut by the terminal instead of wrapped, so that lines can be counted
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";

  private final PrintWriter out;
  private final InstantSource clock;
  private final TimeLeft timeLeft;
  private int drawn;
  private Instant lastFrame = Instant.MIN;

  LiveDisplay(PrintWriter out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    timeLeft = new TimeLeft(clock);
  }

  @Override
  public void show(SweepView view) {
    Instant now = clock.instant();
    if (lastFrame.isAfter(now.minus(FRAME))) {
      return;
    }
    lastFrame = now;
    draw(block(view));
  }

  @Override
  public void end(SweepView view) {
    draw(List.of(headline(view)));
    drawn = 0;
  }

  private List<String> block(SweepView view) {
    List<JobView> running = new ArrayList<>();
    if (view.baseline().state() == JobState.RUNNING) {
      running.add(view.baseline());
    }
    running.addAll(view.running());
    List<String> lines = new ArrayList<>(List.of(headline(view)));
    running.stream()
        .limit(LISTED)
        .forEach(job -> lines.add("  " + JobLines.name(job) + ": " + JobLines.progress(job)));
    if (running.size() > LISTED) {
      lines.add("  and " + (running.size() - LISTED) + " more");
    }
    return lines;
  }

  private String headline(SweepView view) {
    double done = Work.done(view);
    int full = (int) (done * BAR);
    Optional<Duration> left = timeLeft.at(done);
    return view.name()
        + "  "
        + "━".repeat(full)
        + "─".repeat(BAR - full)
        + "  "
        + JobLines.summary(view, left);
  }

  private void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder(WRAP_OFF);
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append("A\r");
    }
    frame.append(CLEAR_BELOW);
    lines.forEach(line -> frame.append(line).append('\n'));
    out.print(frame.append(WRAP_ON));
    out.flush();
    drawn = lines.size();
  }
}
