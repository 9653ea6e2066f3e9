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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL, a coordinator, a standby, two agents; the coordinator that leads is killed. */
@Tag("faults")
class StandbyTest {
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void leaderKilled_standbyLeadsAndRunningJobsKeepTheirAttempt()
      throws IOException, InterruptedException {
    Path sweep = TinySweep.write(directory, TinySweep.NINE_JOBS.replace("150", "400"));
    RunOutput output = new RunOutput(directory.resolve("out"));
    try (ClusterProcesses cluster = new ClusterProcesses(directory.resolve("cluster"))) {
      cluster.startPostgres();
      ClusterProcesses.Coordinator leader = cluster.startCoordinator();
      cluster.startStandby();
      cluster.startWorker("cpu:1");
      cluster.startWorker("cpu:1");
      String id = cluster.floe("submit", sweep, "--out", output.directory());
      Await.until("a job that is done", LONGEST, () -> !output.done().isEmpty());
      leader.process().kill();
      try {
        Await.until("nine jobs that are done", LONGEST, () -> output.done().size() == 9);
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
      }
      assertThat(output.jobs())
          .extracting(job -> job.get("attempts").asInt())
          .as("no attempt is lost with a coordinator")
          .containsOnly(1);
      JsonNode status = JSON.readTree(cluster.floe("status", id, "--json"));
      assertThat(status.path("jobs").path("done").asInt()).isEqualTo(9);
    }
  }
}
