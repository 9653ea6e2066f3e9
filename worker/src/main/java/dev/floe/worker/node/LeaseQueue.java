package dev.floe.worker.node;

import dev.floe.protocol.job.BundleKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The feed between the worker's actor, which adds, and the device's thread, which takes. */
final class LeaseQueue implements JobFeed {

  /** Hears what room there is; called on the device's thread. */
  @FunctionalInterface
  interface RoomListener {
    void room(BundleKey key, int jobs);
  }

  private final LinkedBlockingQueue<LeasedJob> jobs = new LinkedBlockingQueue<>();
  private final RoomListener listener;

  LeaseQueue(RoomListener listener) {
    this.listener = listener;
  }

  void add(LeasedJob job) {
    jobs.add(job);
  }

  @Override
  public Optional<LeasedJob> next(Duration within) {
    try {
      return Optional.ofNullable(jobs.poll(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void roomFor(BundleKey key, int jobs) {
    listener.room(key, jobs);
  }
}
