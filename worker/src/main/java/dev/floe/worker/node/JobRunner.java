package dev.floe.worker.node;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs jobs from their start or their last checkpoint to their report. Blocking; always called on
 * the device's one thread, so that an implementation may keep a backbone and native thread-local
 * state from job to job.
 */
@FunctionalInterface
public interface JobRunner {

  /**
   * Runs the job.
   *
   * @param control read between steps
   * @return what came of it, a diverged run included
   * @throws JobFailedException when the job fails in a way that the runner can name
   * @throws JobStoppedException when it stopped because {@link RunControl#stopRequested} said so
   * @throws IOException when files cannot be read or written: reported like any other bug
   */
  JobReport run(JobSpec job, RunControl control) throws IOException;

  /**
   * Runs what the feed has until it is empty: one job after the other, unless the runner knows
   * better. Each job's end is told to it; nothing is thrown.
   */
  default void runAll(JobFeed feed) {
    Optional<LeasedJob> next = feed.next(Duration.ZERO);
    while (next.isPresent()) {
      next.get().run(this);
      next = feed.next(Duration.ZERO);
    }
  }
}
