package dev.floe.worker.node;

import dev.floe.protocol.report.JobFailure;

/** A job failed in a way that its runner can name. */
public final class JobFailedException extends RuntimeException {
  private final transient JobFailure failure;

  public JobFailedException(JobFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  public JobFailedException(JobFailure failure, Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  public JobFailure failure() {
    return failure;
  }
}
