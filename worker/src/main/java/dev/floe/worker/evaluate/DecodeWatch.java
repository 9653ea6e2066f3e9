package dev.floe.worker.evaluate;

import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Who looks on while the rows of one or several adapters are continued. */
public interface DecodeWatch {

  /** Whether an adapter's rows are not wanted any more; asked before each token. */
  boolean stopped(int adapter);

  /** An adapter has so many rows continued. */
  void done(int adapter, int rows);

  /** Looks on at a batch of one adapter. */
  static DecodeWatch ofOne(BooleanSupplier stop, IntConsumer done) {
    return new DecodeWatch() {
      @Override
      public boolean stopped(int adapter) {
        return stop.getAsBoolean();
      }

      @Override
      public void done(int adapter, int rows) {
        done.accept(rows);
      }
    };
  }
}
