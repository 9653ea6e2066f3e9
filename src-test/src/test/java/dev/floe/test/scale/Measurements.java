package dev.floe.test.scale;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the workers see: completions that are durable, and how long they waited for their leases.
 */
final class Measurements {
  /** Bins of 0.1 ms up to 10 s. */
  private static final int BINS = 100_000;

  private static final long BIN_NANOS = 100_000;

  private final AtomicLong completed = new AtomicLong();
  private final AtomicIntegerArray waits = new AtomicIntegerArray(BINS);

  /** A report was acknowledged. */
  void completed() {
    completed.incrementAndGet();
  }

  /** A lease came so long after its worker was free. */
  void dispatched(long nanos) {
    waits.incrementAndGet((int) Math.min(BINS - 1, nanos / BIN_NANOS));
  }

  long completions() {
    return completed.get();
  }

  void forgetWaits() {
    for (int i = 0; i < BINS; i++) {
      waits.set(i, 0);
    }
  }

  /** The wait, in ms, that this share of the leases did not exceed. */
  double waitMillis(double share) {
    int[] counts = new int[BINS];
    Arrays.setAll(counts, waits::get);
    long rest = (long) Math.ceil(share * Arrays.stream(counts).asLongStream().sum());
    int bin = 0;
    while (bin < BINS - 1 && rest > counts[bin]) {
      rest -= counts[bin];
      bin++;
    }
    return (bin + 1) * BIN_NANOS / 1e6;
  }
}
