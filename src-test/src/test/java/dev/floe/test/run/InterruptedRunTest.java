package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals in the middle of a job: how the process ends, and how the next one goes on. */
class InterruptedRunTest {
  /** Two jobs of some seconds; dropout, so that the random state has to come back too. */
  private static final String TWO_LONG_JOBS =
      TinySweep.TWO_JOBS
          .replace("type: lora", "type: lora, dropout: 0.1")
          .replace("steps: 6", "steps: 500");

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(5);
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  @TempDir static Path directory;

  private static Path sweep;
  private static RunOutput undisturbed;

  @BeforeAll
  static void runUndisturbed() throws IOException, InterruptedException {
    sweep = TinySweep.write(directory, TWO_LONG_JOBS);
    undisturbed = new RunOutput(directory.resolve("undisturbed"));
    try (FloeProcess floe = run(undisturbed)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
  }

  private static FloeProcess run(RunOutput output) throws IOException {
    return run(sweep, output);
  }

  private static FloeProcess run(Path sweep, RunOutput output) throws IOException {
    return FloeProcess.start("run", sweep, "--out", output.directory(), "--threads", 1);
  }

  @Test
  void interruptedAndThenKilled_goesOnFromTheCheckpointToTheSameAdapter()
      throws IOException, InterruptedException {
    RunOutput output = new RunOutput(directory.resolve("interrupted"));
    int step;
    try (FloeProcess floe = run(output)) {
      step = LiveSweep.of(floe).awaitStep(0, 50);
      floe.interrupt();
      assertThat(floe.awaitExit(STOPS_WITHIN)).isEqualTo(INTERRUPTED);
      assertThat(floe.errors())
          .endsWith("floe: stopped; the same command goes on where this run came to\n");
      assertThat(floe.output()).isEmpty();
    }
    assertThat(output.checkpoints()).hasSize(1);
    // what a kill in the middle of the next checkpoint would have left
    Path checkpoint = output.checkpoints().get(0);
    Files.writeString(checkpoint.resolveSibling(".step-00000999.safetensors.half"), "half");

    try (FloeProcess floe = run(output)) {
      floe.awaitError("resuming " + output.directory() + ": 0 of 2 jobs had ended");
      LiveSweep.of(floe).awaitStep(0, step + 50);
      floe.kill();
    }
    try (FloeProcess floe = run(output)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    assertThat(output.log()).containsPattern("(?s)(job 0 goes on after step \\d+.*){2}");
    assertThat(checkpoint.getParent()).doesNotExist();
    assertThat(output.jobs())
        .extracting(job -> job.get("state").asText())
        .containsExactly("done", "done");
    assertThat(output.curves()).isEqualTo(undisturbed.curves());
    for (int job = 0; job < 2; job++) {
      assertThat(output.weights(job)).as("job " + job).isEqualTo(undisturbed.weights(job));
    }
  }

  @Test
  void terminated_stopsJustAsCleanly() throws IOException, InterruptedException {
    RunOutput output = new RunOutput(directory.resolve("terminated"));
    try (FloeProcess floe = run(output)) {
      LiveSweep.of(floe).awaitStep(0, 0);
      floe.terminate();
      assertThat(floe.awaitExit(STOPS_WITHIN)).isEqualTo(TERMINATED);
      assertThat(floe.errors()).endsWith("the same command goes on where this run came to\n");
    }
    assertThat(output.checkpoints()).hasSize(1);
    assertThat(output.jobs())
        .extracting(job -> job.get("state").asText())
        .containsExactly("pending", "pending");
  }

  @Test
  void bundleThatIsInterrupted_goesOnFromAllCheckpointsToTheSameAdapters()
      throws IOException, InterruptedException {
    Path together = directory.resolve("together.yaml");
    Files.writeString(together, Files.readString(sweep).replace("bundles: off", "bundles: on"));
    RunOutput whole = new RunOutput(directory.resolve("whole"));
    try (FloeProcess floe = run(together, whole)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    assertThat(whole.log()).contains("2 jobs run together");

    RunOutput output = new RunOutput(directory.resolve("bundle"));
    try (FloeProcess floe = run(together, output)) {
      LiveSweep.of(floe).awaitStep(0, 50);
      floe.interrupt();
      assertThat(floe.awaitExit(STOPS_WITHIN)).isEqualTo(INTERRUPTED);
    }
    assertThat(output.checkpoints()).hasSize(2);
    try (FloeProcess floe = run(together, output)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    assertThat(output.curves()).isEqualTo(whole.curves());
    for (int job = 0; job < 2; job++) {
      assertThat(output.weights(job)).as("job " + job).isEqualTo(whole.weights(job));
    }
  }

  @Test
  void aSecondProcessOnTheSameDirectory_isRefusedAndTheFirstGoesOn()
      throws IOException, InterruptedException {
    RunOutput output = new RunOutput(directory.resolve("shared"));
    try (FloeProcess first = run(output)) {
      LiveSweep live = LiveSweep.of(first);
      int step = live.awaitStep(0, 0);
      try (FloeProcess second = run(output)) {
        assertThat(second.awaitExit()).isEqualTo(2);
        assertThat(second.errors().lines())
            .singleElement()
            .asString()
            .startsWith("floe: " + output.directory())
            .contains("in use by another floe process", "wait for it, or stop it");
        assertThat(second.output()).isEmpty();
      }
      live.awaitStep(0, step + 20);
    }
  }
}
