package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code floe tune} stopped by a signal and killed: the same command goes on to the same bytes. */
class InterruptedTuneTest {
  /** Some seconds, with dropout and validations, whose state has to come back too. */
  private static final String JOB =
      TinySweep.TWO_JOBS
          .replace("type: lora", "type: lora, dropout: 0.1")
          .replace("rank: [2, 4]", "rank: 2")
          .replace("cutoff: 128", "cutoff: 128, validation: {rows: 4}")
          .replace("steps: 6", "steps: 300, eval-every: 20");

  private static final String WEIGHTS = "adapter/adapter_model.safetensors";

  @TempDir private Path directory;

  private FloeProcess tune(Path job, Path out) throws IOException {
    return FloeProcess.start("tune", job, "--out", out, "--threads", 1);
  }

  @Test
  void terminatedThenKilled_goesOnToTheSameAdapter() throws IOException, InterruptedException {
    Path job = TinySweep.write(directory, JOB);
    Path undisturbed = directory.resolve("undisturbed");
    try (FloeProcess floe = tune(job, undisturbed)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    Path out = directory.resolve("interrupted");
    try (FloeProcess floe = tune(job, out)) {
      floe.awaitError("floe: step ");
      floe.terminate();
      floe.awaitExit(Duration.ofSeconds(10));
      assertThat(floe.errors()).contains("the same command goes on where this run came to");
    }
    assertThat(out.resolve("metrics.json")).doesNotExist();
    assertThat(out.resolve("checkpoints")).isNotEmptyDirectory();
    try (FloeProcess floe = tune(job, out)) {
      floe.awaitError("floe: step ");
      floe.kill();
    }
    assertThat(out.resolve("metrics.json")).doesNotExist();
    try (FloeProcess floe = tune(job, out)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    assertThat(Files.readString(out.resolve("floe.log"))).contains("goes on after step");
    assertThat(out.resolve(WEIGHTS)).hasSameBinaryContentAs(undisturbed.resolve(WEIGHTS));
  }
}
