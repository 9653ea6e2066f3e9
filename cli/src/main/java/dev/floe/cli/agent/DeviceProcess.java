package dev.floe.cli.agent;

import dev.floe.cli.Floe;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A running {@link DeviceProcessCommand}, as its agent holds it. */
final class DeviceProcess {
  private static final int LINES = 20;
  private static final int TAIL_BYTES = 16 * 1024;

  private final Process process;
  private final Path log;
  private final long logStart;

  private DeviceProcess(Process process, Path log, long logStart) {
    this.process = process;
    this.log = log;
    this.logStart = logStart;
  }

  /**
   * Starts the process with this one's Java, options and class path.
   *
   * @param arguments of the command
   * @param limit of its memory; empty for none
   * @param log what it says is put at the end of this file
   */
  static DeviceProcess start(
      DeviceSlot device, List<String> arguments, Optional<MemoryLimit> limit, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    limit.map(MemoryLimit::javaOption).ifPresent(command::add);
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Floe.class.getName()));
    command.add(DeviceProcessCommand.NAME);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(limit.map(some -> some.around(command)).orElse(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("OMP_NUM_THREADS", String.valueOf(device.threads()));
    String visible = device.kind().equals(DeviceSlot.CUDA) ? String.valueOf(device.index()) : "";
    builder.environment().put("CUDA_VISIBLE_DEVICES", visible);
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    return new DeviceProcess(builder.start(), log, logStart);
  }

  long id() {
    return process.pid();
  }

  /** Asks it to finish with what it does, and to end. */
  void drain() {
    try {
      Writer in = process.outputWriter(StandardCharsets.UTF_8);
      in.write(DeviceProcessCommand.DRAIN + "\n");
      in.flush();
    } catch (IOException e) {
      // it has ended already
    }
  }

  /** Waits for its end, and gives its exit code. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Whether it has ended within the time. */
  boolean await(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  void kill() {
    process.destroyForcibly();
  }

  /** The end of what it said, oldest line first. */
  List<String> lastLines() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(logStart, file.length() - TAIL_BYTES);
      byte[] tail = new byte[(int) Math.max(0, file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    }
  }
}
