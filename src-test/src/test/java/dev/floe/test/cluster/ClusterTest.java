package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.test.run.Await;
import dev.floe.test.run.RunOutput;
import dev.floe.test.run.TinySweep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and two agents; a device's process is killed, then the coordinator. */
class ClusterTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void deviceAndCoordinatorKilled_everyJobEndsOnce() throws IOException, InterruptedException {
    Path sweep = TinySweep.write(directory, TinySweep.NINE_JOBS);
    RunOutput output = new RunOutput(directory.resolve("out"));
    try (ClusterProcesses cluster = new ClusterProcesses(directory.resolve("cluster"))) {
      ClusterProcesses.Coordinator coordinator = cluster.startCoordinator();
      ClusterProcesses.Worker first = cluster.startWorker("cpu:1");
      cluster.startWorker("cpu:1");
      String id = cluster.floe("submit", sweep, "--out", output.directory());
      assertThat(id).matches("[0-9a-f]{8}");

      Await.until("a job that is done", LONGEST, () -> !output.done().isEmpty());
      ProcessHandle device = first.device("cpu0");
      assertThat(device.destroyForcibly()).isTrue();
      first.process().awaitError("cpu0 ended with exit code 137");
      assertThat(first.device("cpu0").pid()).isNotEqualTo(device.pid());

      coordinator.process().kill();
      cluster.restart(coordinator);
      awaitEnd(cluster, output);

      assertThat(output.jobs())
          .extracting(job -> job.get("job").asInt())
          .containsExactlyElementsOf(IntStream.range(0, 9).boxed().toList());
      assertThat(output.jobs())
          .extracting(job -> job.get("state").asText())
          .as(cluster.logs())
          .containsOnly("done");
      JsonNode status = JSON.readTree(cluster.floe("status", id, "--json"));
      assertThat(status.path("state").asText()).isEqualTo("done");
      assertThat(status.path("jobs").path("done").asInt()).isEqualTo(9);
      assertThat(status.path("workers"))
          .anySatisfy(
              worker -> assertThat(worker.path("ended").path("exit_code").asInt()).isEqualTo(137));
    }
  }

  private static void awaitEnd(ClusterProcesses cluster, RunOutput output) throws IOException {
    try {
      Await.until("nine jobs that are done", LONGEST, () -> output.done().size() == 9);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
    }
  }
}
