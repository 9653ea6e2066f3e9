package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Workers that say nothing for longer than their lease, and then come back. */
@Tag("faults")
class SilenceTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void frozenWorker_comesBackToAJobThatIsSomeoneElses() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      ClusterProcesses.Worker worker = run.workers().get(0);
      ProcessHandle device = worker.device(FaultRun.DEVICE);
      run.awaitMidJob(worker);
      ClusterProcesses.freeze(device);
      StepLog.Step frozen = run.steps(worker).last().orElseThrow();
      Await.until(
          "the job of the frozen worker to go on elsewhere",
          LONGEST,
          () -> run.runsElsewhere(frozen.job(), worker));
      ClusterProcesses.thaw(device);
      run.endsAs(undisturbed);
      // what it did after it thawed and before it heard that its lease is over comes on top
      long late =
          run.steps(worker).steps().stream()
              .filter(step -> step.job() == frozen.job() && step.number() > frozen.number())
              .count();
      assertThat(run.repeatedSteps()).isLessThanOrEqualTo((int) late + FaultSweep.CHECKPOINT_EVERY);
      assertThat(run.output().attempts().get(frozen.job())).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void workerThatNothingReaches_isGivenUpAndComesBackWhenTheNetworkDoes() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      ClusterProcesses.Worker worker = run.workers().get(0);
      ProcessHandle device = worker.device(FaultRun.DEVICE);
      run.awaitMidJob(worker);
      run.proxy().cut();
      Await.until("the process that was cut off to end", LONGEST, () -> !device.isAlive());
      run.proxy().heal();
      run.endsAs(undisturbed);
      assertThat(run.output().jobs())
          .as("a network tells nothing against a job")
          .allSatisfy(job -> assertThat(job.get("state").asText()).isEqualTo("done"));
      assertThat(run.repeatedSteps()).isLessThanOrEqualTo(2 * FaultSweep.CHECKPOINT_EVERY);
    }
  }
}
