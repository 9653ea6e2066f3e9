package dev.floe.worker.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The one thread that does a device's native work, the same for the device's whole life: native
 * gradient mode and random state are thread-local. A daemon, so that a native call that does not
 * come back cannot keep the process from ending.
 */
final class DeviceThread implements AutoCloseable {
  private final ExecutorService executor;

  DeviceThread(String device) {
    executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "floe-device-" + device);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs the work after what was given before; a failure of the work is the stage's. */
  <T> CompletionStage<T> submit(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, executor);
  }

  /** Takes no more work; what runs goes on until it reads its stop flag. */
  @Override
  public void close() {
    executor.shutdown();
  }
}
