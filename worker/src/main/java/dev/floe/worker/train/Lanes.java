package dev.floe.worker.train;

import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that run whole micro-batches side by side, each with one thread of libtorch. Two threads
 * that share every operation wait for each other at the end of each; lanes wait once, at the end of
 * a step.
 */
final class Lanes implements AutoCloseable {
  private final ExecutorService threads;

  /**
   * Starts the threads. The calling thread keeps what it has.
   *
   * @param count at least 2
   */
  Lanes(int count) {
    int own = JniUtils.getNumThreads();
    threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(() -> prepared(work), "floe-lane");
              thread.setDaemon(true);
              return thread;
            });
    run(Collections.nCopies(count, () -> null));
    JniUtils.setNumThreads(own);
  }

  private static void prepared(Runnable work) {
    JniUtils.setNumThreads(1);
    // libtorch reads the number for a new thread when it is first asked for, and it is one for all
    // threads that ask later: so ask before the caller puts its own back
    JniUtils.getNumThreads();
    Kernels.prepareThread();
    work.run();
  }

  /**
   * Runs tasks, started in their order.
   *
   * @return their results, in the tasks' order
   * @throws RuntimeException what a task threw, after all have ended
   */
  <T> List<T> run(List<Callable<T>> tasks) {
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(tasks)) {
        results.add(done.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while micro-batches ran", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
