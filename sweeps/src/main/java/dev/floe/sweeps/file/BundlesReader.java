package dev.floe.sweeps.file;

import dev.floe.protocol.job.BundleSpec;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Scalar;

/**
 * Reads {@code bundles}: {@code on}, {@code off}, or a map with {@code max-jobs} and {@code
 * token-budget}.
 */
final class BundlesReader {
  static final String KEY = "bundles";

  private enum Switch {
    ON,
    OFF
  }

  private BundlesReader() {}

  /** What the file says; null where it leaves everything at its default. */
  static BundleSpec read(Section root) {
    if (!root.has(KEY)) {
      return null;
    }
    if (root.value(KEY) instanceof Scalar) {
      boolean off = root.scalar(KEY, ScalarType.choice(Switch.class), Switch.ON) == Switch.OFF;
      return off ? BundleSpec.OFF : null;
    }
    if (!(root.value(KEY) instanceof Mapping)) {
      root.report(KEY, "expected on, off, or a map with max-jobs and token-budget");
      return null;
    }
    Section section = root.section(KEY);
    BundleSpec standard = BundleSpec.DEFAULT;
    return new BundleSpec(
        section.scalar("max-jobs", ScalarType.whole(1), standard.maxJobs()),
        section.scalar("token-budget", ScalarType.whole(1), standard.tokenBudget()));
  }
}
