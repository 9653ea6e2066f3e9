package dev.floe.cli.progress;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.stream.Collectors;

/**
 * For files and pipes: a line for each job that ends, and one about the running jobs every ten
 * seconds. Jobs that had ended before the first call are not told again.
 */
final class PlainDisplay implements ProgressDisplay {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final PrintWriter out;
  private final InstantSource clock;
  private final TimeLeft timeLeft;
  private final BitSet told = new BitSet();
  private boolean baselineTold;
  private Instant lastLine;

  PlainDisplay(PrintWriter out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    timeLeft = new TimeLeft(clock);
  }

  @Override
  public void show(SweepView view) {
    boolean first = lastLine == null;
    var left = timeLeft.at(Work.done(view));
    if (first) {
      lastLine = clock.instant();
    }
    tellEnded(view, first);
    if (!clock.instant().isBefore(lastLine.plus(PAUSE))) {
      line(JobLines.summary(view, left) + running(view));
    }
  }

  @Override
  public void end(SweepView view) {
    tellEnded(view, false);
    line(JobLines.summary(view, timeLeft.at(Work.done(view))));
  }

  private void tellEnded(SweepView view, boolean first) {
    if (!baselineTold && view.baseline().state().ended()) {
      baselineTold = true;
      tell(view.baseline(), first);
    }
    for (JobView job : view.shown()) {
      if (job.state().ended() && !told.get(job.index())) {
        told.set(job.index());
        tell(job, first);
      }
    }
  }

  private void tell(JobView job, boolean fromBefore) {
    if (!fromBefore) {
      line(JobLines.name(job) + ": " + JobLines.outcome(job));
    }
  }

  private static String running(SweepView view) {
    String jobs =
        view.running().stream()
            .map(job -> "job " + job.index() + " " + JobLines.progress(job))
            .collect(Collectors.joining("; "));
    return jobs.isEmpty() ? "" : "; " + jobs;
  }

  private void line(String text) {
    out.println(text);
    out.flush();
    lastLine = clock.instant();
  }
}
