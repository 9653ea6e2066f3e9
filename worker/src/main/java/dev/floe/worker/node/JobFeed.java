package dev.floe.worker.node;

import dev.floe.protocol.job.BundleKey;
import java.time.Duration;
import java.util.Optional;

/** The jobs that a device has leases for, as whoever runs them sees them, in the leases' order. */
public interface JobFeed {

  /**
   * The next job to run.
   *
   * @param within how long to wait for one; zero to take what is there
   * @return empty when none came in time
   */
  Optional<LeasedJob> next(Duration within);

  /** Tells that so many more jobs of this key would run along with those that run. */
  void roomFor(BundleKey key, int jobs);
}
