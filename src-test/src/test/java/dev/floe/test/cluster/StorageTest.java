package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away, a checkpoint is damaged, the disk for checkpoints is full. */
@Tag("faults")
class StorageTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void databaseRestarted_repeatsNothing() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      run.cluster().stopPostgres();
      Await.pause(Duration.ofSeconds(2));
      run.cluster().startPostgres();
      run.endsAs(undisturbed);
      assertThat(run.output().attempts()).containsOnly(1);
      assertThat(run.repeatedSteps()).isZero();
    }
  }

  @Test
  void newestCheckpointTruncated_goesOnFromTheOneBefore() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    try (FaultRun run = FaultRun.start(directory, undisturbed.sweep())) {
      ClusterProcesses.Worker worker = run.workers().get(0);
      ProcessHandle device = worker.device(FaultRun.DEVICE);
      StepLog.Step step = run.awaitMidJob(worker, 2 * FaultSweep.CHECKPOINT_EVERY);
      ClusterProcesses.freeze(device); // so that it writes no other while this one is cut
      Path cut = newestCheckpoint(run.output().checkpoints(), step.job()).orElseThrow();
      try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
        file.setLength(file.length() / 2);
      }
      device.destroyForcibly();
      run.endsAs(undisturbed);
      assertThat(run.job(step.job()).get("notices").toString())
          .contains(cut.getFileName() + " was damaged and was skipped");
      assertThat(run.repeatedSteps())
          .isBetween(FaultSweep.CHECKPOINT_EVERY, 2 * FaultSweep.CHECKPOINT_EVERY);
    }
  }

  private static Optional<Path> newestCheckpoint(List<Path> all, int job) {
    return all.stream()
        .filter(file -> Integer.parseInt(file.getParent().getFileName().toString()) == job)
        .max(Comparator.comparing(Path::getFileName));
  }

  @Test
  void diskForCheckpointsFull_jobsGoOnWithoutThem() throws Exception {
    Undisturbed undisturbed = Undisturbed.run();
    Path disk = Files.createDirectories(directory.resolve("disk"));
    Assumptions.assumeTrue(mount(disk), "a small disk can be mounted (root)");
    try {
      Path sweep = FaultSweep.write(directory, disk);
      try (FaultRun run = FaultRun.start(directory, sweep)) {
        run.endsAs(undisturbed);
        assertThat(run.output().jobs())
            .allSatisfy(
                job ->
                    assertThat(job.get("notices").toString())
                        .contains("was not written")
                        .contains("No space left"));
        assertThat(run.output().attempts()).containsOnly(1);
        assertThat(run.repeatedSteps()).isZero();
      }
    } finally {
      command("umount", disk.toString());
    }
  }

  /** A disk of one page: not one checkpoint fits. */
  private static boolean mount(Path disk) throws IOException, InterruptedException {
    return command("mount", "-t", "tmpfs", "-o", "size=4k", "floe-small", disk.toString()) == 0;
  }

  private static int command(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
