package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.file.SweepFile;
import dev.floe.test.run.Await;
import dev.floe.test.run.FloeProcess;
import dev.floe.test.run.RunOutput;
import dev.floe.test.run.TinySweep;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that fail in each way there is, on a worker whose memory is limited: the others go on. */
@Tag("faults")
class FailingJobsTest {
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** A worker that is killed is known to be dead before its leases run out. */
  private static final String SETTINGS =
      """
      floe.lease-term = 60s
      pekko.cluster.split-brain-resolver.stable-after = 3s
      """;

  /**
   * Jobs 0, 1 and 2 can end well, unless the test sees to it that they do not; 3, 4 and 5 diverge;
   * the others' adapters have more weights than there is memory.
   */
  private static final String SWEEP =
      """
      name: failing
      backbone: model
      data: {train: train.json, prompt: alpaca, cutoff: 128}
      adapter:
        type: [lora, prefix]
        placement: attention
        rank: 2
        virtual-tokens: 4
        projection: true
        encoder-size: 30000000
      train: {steps: 300, batch: 4, micro-batch: 2, learning-rate: [3e-3, 1e9]}
      seeds: [0, 1, 2]
      bundles: off
      failures: {bug: {attempts: 2}}
      """;

  private static final String HEALTHY_ALONE =
      """
      name: healthy
      backbone: model
      data: {train: train.json, prompt: alpaca, cutoff: 128}
      adapter: {type: lora, placement: attention, rank: 2}
      train: {steps: 300, batch: 4, micro-batch: 2, learning-rate: 3e-3}
      seeds: [2]
      bundles: off
      """;

  private static final int UNWRITABLE = 0;
  private static final int DEADLY = 1;
  private static final int HEALTHY = 2;

  /** One step of many long rows; the second job takes them all at once. */
  private static final String LARGE_PASSES =
      """
      name: large-passes
      backbone: model
      data: {train: long.json, prompt: none, cutoff: 256}
      adapter: {type: lora, placement: attention, rank: 2}
      train: {steps: 2, batch: 512, micro-batch: [8, 512], learning-rate: 3e-3}
      seeds: [0]
      bundles: off
      """;

  @TempDir static Path directory;

  private static ClusterProcesses cluster;
  private static ClusterProcesses.Worker worker;

  @BeforeAll
  static void start() throws IOException {
    cluster = new ClusterProcesses(directory.resolve("cluster"), SETTINGS);
    cluster.startCoordinator();
    worker = cluster.startWorker("cpu:2", "--memory", "1g"); // two: one that is left is a majority
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  @Test
  void everyJob_endsAsItsKindOfFailureSays() throws Exception {
    Path sweep = TinySweep.write(Files.createDirectories(directory.resolve("failing")), SWEEP);
    RunOutput output = new RunOutput(directory.resolve("failing-out"));
    Expansion jobs = Expansion.of(SweepFile.read(sweep), output.directory());
    Path inTheWay = Path.of(jobs.job(UNWRITABLE).adapterDirectory());
    Files.createDirectories(inTheWay.getParent());
    Files.writeString(inTheWay, "a file, not a directory");

    String id = cluster.floe("submit", sweep, "--out", output.directory());
    for (int time = 0; time < 2; time++) {
      Await.until("the deadly job runs", LONGEST, () -> deviceOf(id, DEADLY).isPresent());
      String device = deviceOf(id, DEADLY).orElseThrow();
      assertThat(worker.device(device).destroyForcibly()).isTrue();
      Await.until("it is taken for dead", LONGEST, () -> deviceOf(id, DEADLY).isEmpty());
    }
    awaitEnd(output, 12);

    assertThat(ending(output, UNWRITABLE)).isEqualTo("failed bug 2");
    assertThat(output.jobs().get(UNWRITABLE).get("failure").asText())
        .contains(inTheWay.getFileName().toString());
    assertThat(ending(output, DEADLY)).isEqualTo("quarantined poison 2");
    assertThat(ending(output, HEALTHY)).isEqualTo("done null 1");
    for (int diverging = 3; diverging < 6; diverging++) {
      assertThat(ending(output, diverging)).isEqualTo("diverged null 1");
      assertThat(output.jobs().get(diverging).get("losses")).isNotEmpty();
    }
    for (int large = 6; large < 12; large++) {
      assertThat(ending(output, large)).isEqualTo("failed out-of-memory 1");
    }
    RunOutput alone = undisturbed(sweep, HEALTHY_ALONE);
    assertThat(output.curves().get(HEALTHY)).isEqualTo(alone.curves().get(0));
    assertThat(output.weights(HEALTHY)).isEqualTo(alone.weights(0));
  }

  @Test
  void microBatchThatDoesNotFit_isHalvedUntilItDoesAndTheLossesAreTheSame() throws Exception {
    Path sweep = TinySweep.write(Files.createDirectories(directory.resolve("large")), LARGE_PASSES);
    writeLongRows(sweep.resolveSibling("long.json"));
    RunOutput output = new RunOutput(directory.resolve("large-out"));
    cluster.floe("submit", sweep, "--out", output.directory());
    awaitEnd(output, 2);

    RunOutput roomy = undisturbed(sweep, LARGE_PASSES);
    assertThat(ending(output, 0)).isEqualTo("done null 1");
    assertThat(ending(output, 1)).isEqualTo("done null 1");
    assertThat(output.jobs().get(0).has("notices")).isFalse();
    assertThat(output.jobs().get(1).get("notices").get(0).asText())
        .isEqualTo("out of memory at step 1: micro-batch 256 instead of 512 from there on");
    assertThat(roomy.jobs().get(1).has("notices")).isFalse();
    assertThat(output.curves().get(0)).isEqualTo(roomy.curves().get(0));
    for (int step = 0; step < 2; step++) {
      assertThat(output.jobs().get(1).get("losses").get(step).asDouble())
          .isCloseTo(roomy.jobs().get(1).get("losses").get(step).asDouble(), within(1e-5));
    }
  }

  /** State, kind of failure and attempts of a job. */
  private static String ending(RunOutput output, int job) throws IOException {
    JsonNode result = output.jobs().get(job);
    return "%s %s %d"
        .formatted(
            result.get("state").asText(),
            result.path("failure_kind").asText("null"),
            result.get("attempts").asInt());
  }

  private static void awaitEnd(RunOutput output, int jobs) throws IOException {
    try {
      Await.until(jobs + " jobs that have ended", LONGEST, () -> ended(output) == jobs);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
    }
  }

  private static long ended(RunOutput output) throws IOException {
    return output.jobs().stream()
        .map(job -> job.get("state").asText())
        .filter(state -> !state.equals("pending") && !state.equals("running"))
        .count();
  }

  /** The device that a job runs on, such as {@code cpu0}. */
  private static Optional<String> deviceOf(String sweep, int job) throws IOException {
    URI status = URI.create(cluster.urls() + "/api/sweeps/" + sweep + "/status");
    try {
      byte[] answer =
          CLIENT.send(HttpRequest.newBuilder(status).build(), BodyHandlers.ofByteArray()).body();
      for (JsonNode each : JSON.readTree(answer).path("workers")) {
        for (JsonNode running : each.path("jobs")) {
          if (running.get("job").asInt() == job) {
            String id = each.get("id").asText();
            return Optional.of(id.substring(id.lastIndexOf('-') + 1));
          }
        }
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The same without a limit and by itself. */
  private static RunOutput undisturbed(Path beside, String yaml)
      throws IOException, InterruptedException {
    Path sweep = Files.writeString(beside.resolveSibling("undisturbed.yaml"), yaml);
    RunOutput output = new RunOutput(beside.resolveSibling("undisturbed"));
    try (FloeProcess floe =
        FloeProcess.start("run", sweep, "--out", output.directory(), "--threads", 1, "--no-web")) {
      assertThat(floe.awaitExit(LONGEST)).as(floe.errors()).isZero();
    }
    return output;
  }

  private static void writeLongRows(Path file) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      String sums = ("Tom had " + i + " apples and got 7 more. ").repeat(12);
      rows.add(Map.of("instruction", sums, "input", "", "output", sums, "answer", "" + i));
    }
    JSON.writeValue(file.toFile(), rows);
  }
}
