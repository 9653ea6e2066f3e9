package dev.floe.protocol.job;

/**
 * How far jobs may run together, in passes that they share.
 *
 * @param maxJobs most jobs of a bundle; 1 for every job by itself
 * @param tokenBudget most tokens of a pass that jobs share. Merging small passes pays, merging
 *     large ones costs: on a CPU about 1,000 tokens are the turning point
 */
public record BundleSpec(int maxJobs, int tokenBudget) {
  /** What holds where nothing is said. */
  public static final BundleSpec DEFAULT = new BundleSpec(16, 1000);

  /** Every job by itself. */
  public static final BundleSpec OFF = new BundleSpec(1, DEFAULT.tokenBudget);

  public BundleSpec {
    Checks.atLeast("bundles.max-jobs", maxJobs, 1);
    Checks.atLeast("bundles.token-budget", tokenBudget, 1);
  }
}
