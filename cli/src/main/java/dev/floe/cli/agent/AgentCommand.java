package dev.floe.cli.agent;

import dev.floe.cli.BadInputException;
import dev.floe.cli.node.Endpoint;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code floe worker}: the agent of a node, which keeps one process for each device running. */
@Command(
    name = "worker",
    description = {
      "Joins a coordinator and works for it with this machine's devices, until SIGTERM or Ctrl-C,",
      "at which running jobs checkpoint and are handed back. Each device has a process of its own."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class AgentCommand implements Callable<Integer> {
  private static final Path NVIDIA = Path.of("/proc/driver/nvidia/gpus");

  @Spec private CommandSpec command;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      required = true,
      split = ",",
      description = "A coordinator's --host and --port; repeatable, where there are standbys.")
  private List<String> join = List.of();

  @Option(
      names = "--devices",
      paramLabel = "DEVICES",
      defaultValue = "all",
      description = {
        "all: every GPU, or the processor where there is none; cpu:2 for two processes that share",
        "the processor; cuda:0,cuda:1. Default ${DEFAULT-VALUE}."
      })
  private String devices;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Where other nodes reach this one; default the address that reaches --join.")
  private String host;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where this node keeps its name and its logs; default ~/.floe/worker.")
  private Path data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads of each process; default an even share of the processors.")
  private Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = {
        "The most that each process may allocate, such as 6g or 1500m, Java and tensors together;",
        "default no limit. A job that does not fit then fails, instead of the machine. Linux only."
      })
  private String memory;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for a coordinator at --join; default ${DEFAULT-VALUE}.")
  private int waitSeconds;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "25",
      description = "How long running jobs have at SIGTERM; default ${DEFAULT-VALUE}.")
  private int graceSeconds;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "More settings (HOCON), such as TLS or another discovery.")
  private Path config;

  @Override
  public Integer call() throws Exception {
    List<Endpoint> seeds = seeds();
    List<DeviceSlot> slots = slots();
    Optional<MemoryLimit> limit = memoryLimit();
    Path directory = data == null ? Path.of(System.getProperty("user.home"), ".floe/worker") : data;
    AgentDirectory home = AgentDirectory.open(directory.toAbsolutePath().normalize());
    String address = host == null ? addressTowards(seeds.get(0)) : host;
    say(
        "worker %s with %s joins %s, logs in %s"
            .formatted(
                home.name(),
                slots.stream().map(DeviceSlot::name).collect(Collectors.joining(", ")),
                String.join(", ", join),
                home.path()));
    List<DeviceSupervisor> supervisors =
        slots.stream()
            .map(
                slot ->
                    new DeviceSupervisor(
                        slot, arguments(home, slot, address), limit, home.path(), this::say))
            .toList();
    return new Agent(supervisors, graceSeconds, this::say).run();
  }

  private List<Endpoint> seeds() {
    try {
      return join.stream().map(Endpoint::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--join: " + e.getMessage(), e);
    }
  }

  private List<DeviceSlot> slots() {
    try {
      return DeviceSlot.parse(devices, Runtime.getRuntime().availableProcessors(), gpus());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--devices: " + e.getMessage(), e);
    }
  }

  private Optional<MemoryLimit> memoryLimit() {
    if (memory == null) {
      return Optional.empty();
    }
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new ParameterException(
          command.commandLine(), "--memory: only Linux limits what a process allocates");
    }
    try {
      return Optional.of(MemoryLimit.parse(memory));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--memory: " + e.getMessage(), e);
    }
  }

  /** Asked of the driver's files: loading CUDA only to count would take memory on each device. */
  private static int gpus() {
    if (!Files.isDirectory(NVIDIA)) {
      return 0;
    }
    try (var gpus = Files.list(NVIDIA)) {
      return (int) gpus.count();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The address that this machine would send from; nothing is sent. */
  private static String addressTowards(Endpoint seed) throws BadInputException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(seed.host(), seed.port()));
      return socket.getLocalAddress().getHostAddress();
    } catch (IOException | IllegalArgumentException e) {
      throw new BadInputException(
          "--join: " + seed.host() + " is not a name or address that can be found", e);
    }
  }

  private List<String> arguments(AgentDirectory home, DeviceSlot slot, String address) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--join", String.join(",", join)));
    arguments.addAll(List.of("--host", address));
    arguments.addAll(List.of("--id", home.worker(slot)));
    arguments.addAll(List.of("--kind", slot.kind()));
    arguments.addAll(
        List.of("--threads", String.valueOf(threads == null ? slot.threads() : threads)));
    arguments.addAll(List.of("--wait", String.valueOf(waitSeconds)));
    arguments.addAll(List.of("--lock", home.lock(slot).toString()));
    if (config != null) {
      arguments.addAll(List.of("--config", config.toAbsolutePath().toString()));
    }
    return arguments;
  }

  private void say(String line) {
    command.commandLine().getErr().println("floe: " + line);
    command.commandLine().getErr().flush();
  }
}
