package dev.floe.test.cluster;

import dev.floe.test.run.Await;
import dev.floe.test.run.FloeProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cluster of real processes on loopback, under one directory: {@code coordinator-0}, … and {@code
 * worker-0}, … each with its log. All are killed when this is closed.
 */
final class ClusterProcesses implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** Detection as fast as a busy machine allows. */
  private static final String SETTINGS =
      """
      floe { lease-term = 6s, recovery-grace = 20s }
      pekko.cluster {
        split-brain-resolver.stable-after = 3s
        failure-detector.acceptable-heartbeat-pause = 4s
      }
      """;

  /** Workers log every optimizer step, so that a test can count them. */
  private static final String LOGGING =
      """
      <configuration>
        <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
        <logger name="ai.djl" level="WARN"/>
        <logger name="dev.floe.worker.train" level="DEBUG"/>
        <root level="INFO"/>
      </configuration>
      """;

  private final Path directory;
  private final Path settings;
  private final Path logging;
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private EmbeddedPostgres postgres; // null until it is started
  private Path postgresData;
  private int postgresPort;

  /** A coordinator's process, and where it is reached. */
  record Coordinator(FloeProcess process, int port, int http) {
    String url() {
      return "http://127.0.0.1:" + http;
    }

    /** What workers and standbys join. */
    String address() {
      return "127.0.0.1:" + port;
    }
  }

  /**
   * An agent's process; {@code data} holds its devices' locks and logs.
   *
   * @param settings the file that it has them from
   */
  record Worker(FloeProcess process, Path data, Path settings) {

    /** The process that works for a device such as {@code cpu0}; waits until there is one. */
    ProcessHandle device(String name) throws IOException {
      Path lock = data.resolve(name + ".lock");
      Await.until(
          "a process of " + name,
          LONGEST,
          () -> Files.exists(lock) && handle(lock).map(ProcessHandle::isAlive).orElse(false));
      return handle(lock).orElseThrow();
    }

    private static Optional<ProcessHandle> handle(Path lock) throws IOException {
      String id = Files.readString(lock).strip();
      return id.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(id));
    }

    /** What the device's processes have logged. */
    String log(String device) throws IOException {
      return Files.readString(data.resolve(device + ".log"));
    }

    /** The name that the ids of its workers begin with. */
    String name() throws IOException {
      return Files.readString(data.resolve("name")).strip();
    }
  }

  /** A cluster that has nothing in it yet, and soon takes what is silent for lost. */
  ClusterProcesses(Path directory) throws IOException {
    this(directory, SETTINGS);
  }

  /** A cluster that has nothing in it yet, whose nodes have these settings (HOCON). */
  ClusterProcesses(Path directory, String settings) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.settings = Files.writeString(directory.resolve("cluster.conf"), settings);
    this.logging = Files.writeString(directory.resolve("logging.xml"), LOGGING);
  }

  /** Starts a coordinator that keeps its journal in H2, or in PostgreSQL once that was started. */
  Coordinator startCoordinator() throws IOException {
    return startCoordinator(coordinators.size(), freePort(), freePort(), List.of());
  }

  /** Starts another that stands by for those before it. */
  Coordinator startStandby() throws IOException {
    String seeds = String.join(",", coordinators.stream().map(Coordinator::address).toList());
    return startCoordinator(coordinators.size(), freePort(), freePort(), List.of("--seed", seeds));
  }

  /** Starts a coordinator again that was killed, with its ports and its directory. */
  Coordinator restart(Coordinator killed) throws IOException {
    int index = coordinators.indexOf(killed);
    return startCoordinator(index, killed.port(), killed.http(), List.of());
  }

  private Coordinator startCoordinator(int index, int port, int http, List<String> more)
      throws IOException {
    List<Object> arguments = new ArrayList<>();
    arguments.addAll(List.of("coordinator", "--port", port, "--http", http));
    arguments.addAll(List.of("--data", directory.resolve("coordinator-" + index)));
    arguments.addAll(List.of("--config", settings));
    if (postgres != null) {
      arguments.addAll(List.of("--db", database()));
    }
    arguments.addAll(more);
    Coordinator started = new Coordinator(FloeProcess.start(arguments.toArray()), port, http);
    if (index < coordinators.size()) {
      coordinators.set(index, started);
    } else {
      coordinators.add(started);
    }
    started.process().awaitError("API and page at");
    return started;
  }

  /** Starts an agent that joins all coordinators of now. */
  Worker startWorker(String devices, Object... more) throws IOException {
    return startWorkerWith(devices, settings, more);
  }

  /**
   * The same, for an agent of one device that others reach through a proxy.
   *
   * @param port where its process listens
   */
  Worker startWorkerBehind(TcpProxy proxy, int port) throws IOException {
    String through =
        "%npekko.remote.artery { canonical.port = %d, bind { hostname = 127.0.0.1, port = %d } }%n"
            .formatted(proxy.port(), port);
    Path behind = directory.resolve("behind-" + proxy.port() + ".conf");
    return startWorkerWith(
        "cpu:1", Files.writeString(behind, Files.readString(settings) + through));
  }

  private Worker startWorkerWith(String devices, Path settings, Object... more) throws IOException {
    Path data = directory.resolve("worker-" + workers.size());
    Worker started = startWorker(devices, data, settings, more);
    workers.add(started);
    return started;
  }

  /** Starts an agent again, which has its name and its devices from before. */
  Worker restart(Worker killed, String devices) throws IOException {
    Worker started = startWorker(devices, killed.data(), killed.settings());
    workers.set(workers.indexOf(killed), started);
    return started;
  }

  private Worker startWorker(String devices, Path data, Path settings, Object... more)
      throws IOException {
    String join = String.join(",", coordinators.stream().map(Coordinator::address).toList());
    List<Object> arguments = new ArrayList<>(List.of("worker", "--join", join));
    arguments.addAll(List.of("--devices", devices, "--threads", 1));
    arguments.addAll(List.of("--data", data, "--config", settings));
    arguments.addAll(List.of(more));
    List<String> java = List.of("-Dlogback.configurationFile=" + logging.toAbsolutePath());
    return new Worker(FloeProcess.start(java, arguments.toArray()), data, settings);
  }

  /** Starts PostgreSQL: coordinators that are started from now on keep their journal there. */
  void startPostgres() throws IOException {
    if (postgresData == null) {
      postgresData = directory.resolve("postgres");
      postgresPort = freePort();
    }
    postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(postgresData)
            .setCleanDataDirectory(false)
            .setPort(postgresPort)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .start();
  }

  /** Stops PostgreSQL; {@link #startPostgres} starts it again with its data and its port. */
  void stopPostgres() throws IOException {
    postgres.close();
  }

  String database() {
    return "jdbc:postgresql://127.0.0.1:" + postgresPort + "/postgres?user=postgres";
  }

  /** Every coordinator's API, as {@code --url} takes them. */
  String urls() {
    return String.join(",", coordinators.stream().map(Coordinator::url).toList());
  }

  /** Runs a client command against the cluster, and gives what it printed. */
  String floe(Object... arguments) throws IOException, InterruptedException {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", urls()));
    try (FloeProcess process = FloeProcess.start(all.toArray())) {
      if (process.awaitExit() != 0) {
        throw new AssertionError(all + " failed: " + process.errors());
      }
      return process.output().strip();
    }
  }

  /** {@code kill -STOP}: the process stands still, and its connections stay open. */
  static void freeze(ProcessHandle process) throws IOException, InterruptedException {
    signal("STOP", process);
  }

  /** {@code kill -CONT}. */
  static void thaw(ProcessHandle process) throws IOException, InterruptedException {
    signal("CONT", process);
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /** All that the cluster's processes have logged, for a test that fails. */
  String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
        all.append("==== ").append(log).append('\n').append(Files.readString(log));
      }
    }
    return all.toString();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Worker worker : workers) {
      worker.process().close();
    }
    for (Coordinator coordinator : coordinators) {
      coordinator.process().close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }
}
