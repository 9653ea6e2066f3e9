package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * One fault after the other at random, for {@code -Dfloe.chaos.seconds} (60; a long run has 600).
 * The order follows from {@code -Dfloe.chaos.seed}, which is printed.
 */
@Tag("faults")
class ChaosTest {
  private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("floe.chaos.seconds", 60));
  private static final int LONGEST_PAUSE_MILLIS = 6000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  /** What a fault has cost at most. */
  private int interruptions;

  @Test
  void faultsAtRandom_changeNothing() throws Exception {
    long seed = Long.getLong("floe.chaos.seed", System.nanoTime());
    System.out.println("chaos: -Dfloe.chaos.seed=" + seed + ", " + LENGTH.toSeconds() + " s");
    Random random = new Random(seed);
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      long end = System.nanoTime() + LENGTH.toNanos();
      int faults = 0;
      while (System.nanoTime() < end) {
        if (run.ended()) {
          run.endsAs(undisturbed);
          run.again();
        }
        String fault = next(random, run);
        faults++;
        System.out.println("chaos: " + fault);
        Await.pause(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
      }
      run.endsAs(undisturbed);
      System.out.printf(
          "chaos: %d faults, %d interruptions of a worker, %d steps repeated%n",
          faults, interruptions, run.repeatedSteps());
      assertThat(run.repeatedSteps())
          .isLessThanOrEqualTo(interruptions * FaultSweep.CHECKPOINT_EVERY);
    }
  }

  private String next(Random random, FaultRun run) throws Exception {
    ClusterProcesses.Worker worker = run.workers().get(random.nextInt(run.workers().size()));
    switch (random.nextInt(5)) {
      case 0 -> {
        interruptions++;
        worker.device(FaultRun.DEVICE).destroyForcibly();
        return "kill -9 of a device's process";
      }
      case 1 -> {
        interruptions++;
        worker.process().kill();
        run.restart(worker);
        return "kill -9 of an agent";
      }
      case 2 -> {
        interruptions += 2; // the job goes on elsewhere, and for a moment here too
        ProcessHandle device = worker.device(FaultRun.DEVICE);
        ClusterProcesses.freeze(device);
        Await.pause(FaultRun.LEASE_TERM.plusSeconds(random.nextInt(5)));
        ClusterProcesses.thaw(device);
        return "a device's process frozen for longer than its lease";
      }
      case 3 -> {
        run.failOver();
        return "kill -9 of the coordinator that leads";
      }
      default -> {
        run.cluster().stopPostgres();
        Await.pause(Duration.ofMillis(random.nextInt(2000)));
        run.cluster().startPostgres();
        return "PostgreSQL restarted";
      }
    }
  }
}
