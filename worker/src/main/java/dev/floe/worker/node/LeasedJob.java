package dev.floe.worker.node;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import java.io.IOException;

/** A job that a device has a lease for. Ends in exactly one of the ways that it can be told of. */
public interface LeasedJob {
  JobSpec job();

  /** Read between steps. */
  RunControl control();

  /** The job ran to its end. */
  void finished(JobReport report);

  /** The job ended without a report: stopped, when it was asked to, or failed. */
  void threw(Throwable thrown);

  /** Runs it by itself, and tells how that ended whatever it throws. */
  default void run(JobRunner runner) {
    JobReport report;
    try {
      report = runner.run(job(), control());
    } catch (IOException | RuntimeException | Error e) {
      // Errors too: the device's thread must live on, and the job's fate must be told.
      threw(e);
      return;
    }
    finished(report);
  }
}
