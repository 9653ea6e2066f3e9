package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes until a killed worker's job runs again, and until a killed coordinator's
 * successor hands out jobs: the median and the worst of {@code -Dfloe.recovery.runs} (5; the
 * figures in the docs are of 20), with the default settings.
 */
@Tag("faults")
class RecoveryTimesTest {
  private static final int RUNS = Integer.getInteger("floe.recovery.runs", 5);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void kills_areGotOverInTime() throws Exception {
    Path sweep = FaultSweep.write(directory);
    ClusterProcesses cluster = new ClusterProcesses(directory.resolve("cluster"), "");
    List<Double> worker = new ArrayList<>();
    List<Double> coordinator = new ArrayList<>();
    try (FaultRun run = FaultRun.start(directory, cluster, sweep)) {
      for (int i = 0; i < RUNS; i++) {
        worker.add(killWorker(run, i % run.workers().size()));
        coordinator.add(killCoordinator(run));
      }
    }
    System.out.println("| killed | until | runs | median, s | worst, s |");
    System.out.println("|---|---|---|---|---|");
    System.out.println(row("a device's process", "its job runs again", worker));
    System.out.println(row("the coordinator that leads", "jobs are handed out", coordinator));
    assertThat(worker).allMatch(seconds -> seconds < LONGEST.toSeconds());
    assertThat(coordinator).allMatch(seconds -> seconds < LONGEST.toSeconds());
  }

  private static double killWorker(FaultRun run, int index) throws Exception {
    ClusterProcesses.Worker worker = run.workers().get(index);
    withWork(run);
    int job = run.awaitMidJob(worker).job();
    ProcessHandle device = worker.device(FaultRun.DEVICE);
    device.destroyForcibly();
    device.onExit().join();
    long killed = System.nanoTime();
    long before = stepsOf(run, job);
    Await.until("job " + job + " to run again", LONGEST, () -> stepsOf(run, job) > before);
    return secondsSince(killed);
  }

  private static double killCoordinator(FaultRun run) throws Exception {
    withWork(run);
    run.awaitMidJob(run.workers().get(0));
    run.leader().process().kill();
    long killed = System.nanoTime();
    // a job that was handed out just before the kill may still begin
    Await.pause(Duration.ofMillis(200));
    long before = begun(run);
    Await.until("a job to be handed out", LONGEST, () -> begun(run) > before);
    double seconds = secondsSince(killed);
    run.standbyTookOver();
    return seconds;
  }

  /** Sees to it that enough jobs are left. */
  private static void withWork(FaultRun run) throws IOException, InterruptedException {
    if (run.output().done().size() > FaultSweep.JOBS / 2) {
      run.awaitEnd();
      run.again();
    }
  }

  private static long stepsOf(FaultRun run, int job) throws IOException {
    return run.allSteps().stream().filter(step -> step.job() == job).count();
  }

  private static long begun(FaultRun run) throws IOException {
    return run.allSteps().stream().filter(step -> step.number() == 1).count();
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static String row(String killed, String until, List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted().toList();
    double median = sorted.get((sorted.size() - 1) / 2);
    double worst = sorted.get(sorted.size() - 1);
    return String.format(
        Locale.ROOT, "| %s | %s | %d | %.1f | %.1f |", killed, until, RUNS, median, worst);
  }
}
