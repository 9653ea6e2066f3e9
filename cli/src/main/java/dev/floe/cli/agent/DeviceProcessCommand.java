package dev.floe.cli.agent;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.floe.cli.BadInputException;
import dev.floe.cli.LogFile;
import dev.floe.cli.node.Endpoint;
import dev.floe.cli.node.NodeConfig;
import dev.floe.cli.node.NodeEnd;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.worker.engine.TuningEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The process of one device, which {@code floe worker} starts. It ends when its standard input
 * does, which its agent holds open, and drains when it reads {@code drain} there.
 */
@Command(name = DeviceProcessCommand.NAME, hidden = true)
public final class DeviceProcessCommand implements Callable<Integer> {
  static final String NAME = "device-process";
  static final String DRAIN = "drain";

  @Option(names = "--join", split = ",", required = true)
  private List<String> join = List.of();

  @Option(names = "--host", required = true)
  private String host;

  @Option(names = "--id", required = true)
  private String id;

  @Option(names = "--kind", required = true)
  private String kind;

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--wait", required = true)
  private int waitSeconds;

  @Option(names = "--lock", required = true)
  private Path lock;

  @Option(names = "--config")
  private Path config;

  @Option(names = "--ended")
  private Integer ended;

  @Option(names = "--last-lines")
  private Path lastLines;

  /** Why this node cannot run jobs; null while it can. */
  private final AtomicReference<String> blind = new AtomicReference<>();

  @Override
  public Integer call() throws Exception {
    LogFile.toStandardError();
    DeviceLock.take(lock);
    int code = work();
    Runtime.getRuntime().halt(code); // a native call that does not come back must not keep it
    return code;
  }

  private int work() throws Exception {
    DeviceNode node = DeviceNode.start(settings(), info(), before(), this::runner);
    Thread listener = new Thread(() -> listen(node), "floe-agent-listener");
    listener.setDaemon(true);
    listener.start();
    NodeEnd end = node.awaitEnd();
    return switch (end) {
      case NOBODY_THERE ->
          say(
              DeviceExit.NOBODY_THERE,
              "no coordinator answers at "
                  + String.join(", ", join)
                  + ": start it, or correct the address");
      case INCOMPATIBLE ->
          say(
              DeviceExit.REFUSED,
              "the coordinator at "
                  + String.join(", ", join)
                  + " runs another version of floe: use the same one");
      case DOWNED -> say(DeviceExit.DOWNED, "the cluster took this worker for dead");
      case WANTED -> blind.get() == null ? DeviceExit.DRAINED : say(DeviceExit.BLIND, blind.get());
    };
  }

  private static int say(int code, String line) {
    System.err.println("floe: " + line);
    System.err.flush();
    return code;
  }

  private Config settings() throws BadInputException {
    Config node =
        NodeConfig.of(
            NodeConfig.WORKER,
            Endpoint.parse(host + ":0"),
            join.stream().map(Endpoint::parse).toList(),
            config,
            ConfigFactory.empty());
    return NodeConfig.joiningWithin(Duration.ofSeconds(waitSeconds), node);
  }

  private WorkerInfo info() {
    String device = kind.equals(DeviceSlot.CPU) ? "this machine's processor" : id;
    return new WorkerInfo(id, device, kind, threads, null);
  }

  private Optional<WorkerReport.Ended> before() throws IOException {
    if (ended == null) {
      return Optional.empty();
    }
    List<String> lines = lastLines == null ? List.of() : Files.readAllLines(lastLines);
    return Optional.of(new WorkerReport.Ended(id, ended, lines));
  }

  private SharedFiles runner(Runnable drain) {
    return new SharedFiles(
        id,
        new TuningEngine(threads),
        why -> {
          blind.set(why);
          drain.run();
        });
  }

  private static void listen(DeviceNode node) {
    try (BufferedReader agent =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = agent.readLine(); line != null; line = agent.readLine()) {
        if (line.equals(DRAIN)) {
          node.drain();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(DeviceExit.ORPHANED);
    }
  }
}
