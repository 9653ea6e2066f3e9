package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.RunOutput;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of each kind of process: what comes out is what had come out without. */
@Tag("faults")
class KillTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void nothingKilled_noStepIsRepeated() throws Exception {
    assertThat(Undisturbed.run().repeated()).isZero();
  }

  @Test
  void deviceProcessKilledMidJob_repeatsAtMostACheckpointInterval() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      ClusterProcesses.Worker worker = run.workers().get(0);
      StepLog.Step step = run.awaitMidJob(worker);
      worker.device(FaultRun.DEVICE).destroyForcibly();
      worker.process().awaitError(FaultRun.DEVICE + " ended with exit code 137");
      run.endsAs(undisturbed);
      assertThat(run.output().attempts().get(step.job())).isGreaterThanOrEqualTo(2);
      assertRepeated(run, 1);
    }
  }

  @Test
  void agentKilledMidJob_repeatsAtMostACheckpointInterval() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      ClusterProcesses.Worker worker = run.workers().get(0);
      ProcessHandle device = worker.device(FaultRun.DEVICE);
      run.awaitMidJob(worker);
      worker.process().kill();
      run.await("the device's process to end with its agent", () -> !device.isAlive());
      run.restart(worker);
      run.endsAs(undisturbed);
      assertRepeated(run, 1);
    }
  }

  @Test
  void leaderKilled_repeatsNothing() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      run.leader().process().kill();
      run.endsAs(undisturbed);
      assertThat(run.output().attempts()).containsOnly(1);
      assertThat(run.repeatedSteps()).isZero();
    }
  }

  @Test
  void leaderKilledAndItsSuccessorToo_repeatsNothing() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      run.failOver();
      RunOutput output = run.output();
      int before = output.done().size();
      run.await("the standby to lead", () -> output.done().size() >= before + 4);
      run.failOver();
      run.endsAs(undisturbed);
      assertThat(output.attempts()).containsOnly(1);
      assertThat(run.repeatedSteps()).isZero();
    }
  }

  private static void assertRepeated(FaultRun run, int kills) throws IOException {
    assertThat(run.repeatedSteps()).isBetween(1, kills * FaultSweep.CHECKPOINT_EVERY);
  }
}
