package dev.floe.protocol.failure;

/**
 * What one kind of failure means for a job.
 *
 * @param attempts a job that has used up so many when it fails this way is failed; at least 1
 * @param free failures of this kind that use up no attempt
 * @param delaySeconds before the first retry; each further one waits twice as long
 * @param maxDelaySeconds the longest wait
 * @param jitter share of a wait, in [0, 1), that chance may take off it, so that jobs that failed
 *     together do not come back together
 */
public record FailurePolicy(
    int attempts, int free, double delaySeconds, double maxDelaySeconds, double jitter) {
  public FailurePolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be >= 1, got " + attempts);
    }
    if (free < 0) {
      throw new IllegalArgumentException("free must be >= 0, got " + free);
    }
    if (!(delaySeconds >= 0 && delaySeconds <= maxDelaySeconds)) {
      throw new IllegalArgumentException(
          "must be 0 <= delay <= max-delay, got " + delaySeconds + " and " + maxDelaySeconds);
    }
    if (!(jitter >= 0 && jitter < 1)) {
      throw new IllegalArgumentException("jitter must be in [0, 1), got " + jitter);
    }
  }

  /**
   * The wait before the next attempt, in seconds.
   *
   * @param used attempts that are used up, from 1; none have no wait
   * @param chance in [0, 1)
   */
  public double delayAfter(int used, double chance) {
    if (used < 1) {
      return 0;
    }
    double doubled = delaySeconds * Math.pow(2, Math.min(used - 1, 62));
    return Math.min(doubled, maxDelaySeconds) * (1 - jitter * chance);
  }
}
