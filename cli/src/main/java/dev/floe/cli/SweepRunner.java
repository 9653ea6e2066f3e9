package dev.floe.cli;

/** Runs a sweep to its end. */
@FunctionalInterface
public interface SweepRunner {
  /**
   * Returns when the sweep has ended or was interrupted.
   *
   * @return the exit code: 0 when every job has its result, 1 otherwise
   */
  int run(RunRequest request) throws Exception;
}
