package dev.floe.worker.node;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import java.io.PrintWriter;
import java.io.StringWriter;

/** How a call of the {@link JobRunner} ended: whatever it throws becomes one of these. */
sealed interface RunOutcome {

  /** The job ran to its end. */
  record Reported(JobReport report) implements RunOutcome {}

  /** The job failed. */
  record Broken(JobFailure failure) implements RunOutcome {}

  /** The job stopped because it was asked to. */
  record Stopped() implements RunOutcome {}

  /** Runs the job, and catches all that can come out of it. */
  static RunOutcome of(JobRunner runner, JobSpec job, LeaseControl control) {
    try {
      return new Reported(runner.run(job, control));
    } catch (JobStoppedException stopped) {
      return control.stopRequested().isPresent() ? new Stopped() : unexpected(stopped);
    } catch (JobFailedException failed) {
      return new Broken(failed.failure());
    } catch (Throwable thrown) {
      // Errors too: the device's thread must live on, and the job's fate must be told.
      return unexpected(thrown);
    }
  }

  /** What a throwable that no one named means: the device is full, or there is a bug. */
  static RunOutcome unexpected(Throwable thrown) {
    JobFailure.Kind kind =
        OutOfMemory.isReason(thrown) ? JobFailure.Kind.OUT_OF_MEMORY : JobFailure.Kind.BUG;
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return new Broken(new JobFailure(kind, oneLine(thrown), trace.toString()));
  }

  private static String oneLine(Throwable thrown) {
    String message = thrown.getMessage();
    String first = message == null ? "" : message.lines().findFirst().orElse("");
    String name = thrown.getClass().getSimpleName();
    return first.isBlank() ? name : name + ": " + first;
  }
}
