package dev.floe.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.test.run.FloeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is refused with one line and exit code 2. */
class ClusterBadInputTest {
  private static final int BAD_INPUT = 2;

  @TempDir private Path directory;

  @Test
  void databaseThatIsDown_isOneLine() throws Exception {
    int port = ClusterProcesses.freePort();
    assertThat(refused(coordinator("--db", "jdbc:postgresql://127.0.0.1:" + port + "/floe")))
        .startsWith("floe: --db: jdbc:postgresql://127.0.0.1:" + port + "/floe: no answer")
        .contains("start it, or correct host and port");
  }

  @Test
  void portThatIsTaken_isOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(refused(coordinator("--http", taken.getLocalPort())))
          .startsWith("floe: --http: 127.0.0.1:" + taken.getLocalPort())
          .contains("another program holds the port");
      assertThat(refused("coordinator", "--data", directory, "--port", taken.getLocalPort()))
          .startsWith("floe: --port: 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void standbyWithoutADatabase_isOneLine() throws Exception {
    assertThat(refused(coordinator("--seed", "127.0.0.1:1"))).contains("give --db");
  }

  @Test
  void apiOffLoopbackWithoutAToken_isOneLine() throws Exception {
    assertThat(refused(coordinator("--http", "0.0.0.0:" + ClusterProcesses.freePort())))
        .contains("set FLOE_TOKEN");
  }

  @Test
  void joiningNothing_isOneLine() throws Exception {
    String nobody = "127.0.0.1:" + ClusterProcesses.freePort();
    assertThat(refused(worker(nobody)))
        .contains("\nfloe: --join: no coordinator answers at " + nobody + ": start it");
  }

  @Test
  void anotherVersion_isOneLine() throws Exception {
    Path other = Files.writeString(directory.resolve("other.conf"), "floe.version = \"0.0.9\"\n");
    try (ClusterProcesses cluster = new ClusterProcesses(directory.resolve("cluster"))) {
      String address = cluster.startCoordinator().address();
      assertThat(refused(worker(address, "--config", other)))
          .contains("\nfloe: --join: the coordinator at " + address)
          .contains("runs another version of floe: use the same one");
    }
  }

  @Test
  void clientWithoutACoordinator_isOneLine() throws Exception {
    String url = "http://127.0.0.1:" + ClusterProcesses.freePort();
    assertThat(refused("status", "0a1b2c3d", "--url", url))
        .startsWith("floe: no coordinator answers at " + url);
  }

  private Object[] coordinator(Object... more) throws IOException {
    List<Object> all =
        new ArrayList<>(
            List.of("coordinator", "--data", directory, "--port", ClusterProcesses.freePort()));
    if (!List.of(more).contains("--http")) {
      all.addAll(List.of("--http", ClusterProcesses.freePort()));
    }
    all.addAll(List.of(more));
    return all.toArray();
  }

  private Object[] worker(String join, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("worker", "--join", join, "--devices", "cpu:1", "--wait", 4));
    all.addAll(List.of("--data", directory.resolve("worker")));
    all.addAll(List.of(more));
    return all.toArray();
  }

  private static String refused(Object... arguments) throws IOException, InterruptedException {
    try (FloeProcess process = FloeProcess.start(arguments)) {
      assertThat(process.awaitExit()).as(process.errors()).isEqualTo(BAD_INPUT);
      assertThat(process.output()).isEmpty();
      return process.errors();
    }
  }
}
