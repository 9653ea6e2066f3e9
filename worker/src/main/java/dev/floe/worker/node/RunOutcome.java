package dev.floe.worker.node;

import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import java.io.PrintWriter;
import java.io.StringWriter;

/** How a job ended on a {@link JobRunner}: whatever it throws becomes one of these. */
sealed interface RunOutcome {

  /** The job ran to its end. */
  record Reported(JobReport report) implements RunOutcome {}

  /** The job failed. */
  record Broken(JobFailure failure) implements RunOutcome {}

  /** The job stopped because it was asked to. */
  record Stopped() implements RunOutcome {}

  /** What it means that a job ended by throwing. */
  static RunOutcome thrown(Throwable thrown, RunControl control) {
    if (thrown instanceof JobStoppedException && control.stopRequested().isPresent()) {
      return new Stopped();
    }
    if (thrown instanceof JobFailedException failed) {
      return new Broken(failed.failure());
    }
    return unexpected(thrown);
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
