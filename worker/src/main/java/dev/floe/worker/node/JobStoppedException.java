package dev.floe.worker.node;

/** A job stopped on request, having kept what its next attempt needs. */
public final class JobStoppedException extends RuntimeException {
  public JobStoppedException() {
    super("stopped on request");
  }
}
