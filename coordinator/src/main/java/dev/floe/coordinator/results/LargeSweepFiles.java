package dev.floe.coordinator.results;

import dev.floe.coordinator.sweep.SweepEvent;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultLines;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/** A line for each job that ends, and {@code results.json} made from the lines now and then. */
final class LargeSweepFiles implements SweepFiles {
  private final ResultLines lines;
  private final BitSet missing;

  private LargeSweepFiles(ResultLines lines, BitSet missing) {
    this.lines = lines;
    this.missing = missing;
  }

  static LargeSweepFiles open(Path directory, SweepView view) throws IOException {
    BitSet present = new BitSet();
    ResultLines lines = ResultLines.open(directory, present);
    BitSet missing = view.endedJobs();
    missing.andNot(present);
    BitSet again = view.endedAgain();
    again.and(present);
    for (JobResult line : lines.latest(again)) {
      missing.set(line.job(), !isOf(line, view.job(line.job())));
    }
    return new LargeSweepFiles(lines, missing);
  }

  /** A job that was tried again may have ended once more since its last line was written. */
  private static boolean isOf(JobResult line, JobView job) {
    return line.attempts() == job.attempts() && line.state() == job.state();
  }

  @Override
  public boolean lacksSome() {
    return !missing.isEmpty();
  }

  @Override
  public void remember(List<SweepEvent> events, SweepView view) throws IOException {
    for (SweepEvent event : events) {
      if (event instanceof SweepEvent.Together together) {
        remember(together.events(), view);
      } else if (event instanceof SweepEvent.OfJob ofJob
          && ofJob.job() >= 0
          && missing.get(ofJob.job())) {
        remember(ofJob, view.job(ofJob.job()));
      }
    }
  }

  private void remember(SweepEvent.OfJob event, JobView job) throws IOException {
    if (event instanceof SweepEvent.JobCompleted completed) {
      append(JobResult.reported(job.index(), job.parameters(), job.attempts(), completed.report()));
    } else if (event instanceof SweepEvent.JobFailed failed && failed.next().ended()) {
      JobState state = failed.next();
      append(
          JobResult.failed(job.index(), job.parameters(), state, job.attempts(), failed.failure()));
    }
  }

  @Override
  public void ended(JobView job) throws IOException {
    if (!job.baseline()) {
      missing.clear(job.index());
      append(ResultsOf.job(job));
    }
  }

  private void append(JobResult result) throws IOException {
    lines.append(List.of(result));
  }

  @Override
  public void writeWhole(SweepView view) throws IOException {
    SweepResults sweep = ResultsOf.viewWithoutJobs(view);
    lines.export(
        sweep,
        view.jobs().size(),
        view.endedJobs(),
        index -> ResultsOf.job(view.jobs().get(index)));
  }

  @Override
  public Duration pause() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Duration firstPause() {
    return pause(); // the lines are there already
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
