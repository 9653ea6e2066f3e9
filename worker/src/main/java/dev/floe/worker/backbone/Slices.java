package dev.floe.worker.backbone;

/**
 * Where each job's tokens are in the pass that is under way: slices laid end to end, in the jobs'
 * order.
 */
final class Slices {
  private int[] sizes = {};

  /** A pass starts. */
  void set(int[] sizes) {
    this.sizes = sizes.clone();
  }

  /** Tokens of a job's slice. */
  int size(int job) {
    return sizes[job];
  }

  /** Tokens of the slices of jobs from (inclusive) to (exclusive). */
  int size(int from, int to) {
    int size = 0;
    for (int job = from; job < to; job++) {
      size += sizes[job];
    }
    return size;
  }
}
