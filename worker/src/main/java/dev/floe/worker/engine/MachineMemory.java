package dev.floe.worker.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the machine's memory, and this process's limit, have room for. */
final class MachineMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max data size\\s+(\\d+) ");
  private static final Pattern USED = Pattern.compile("(?m)^VmData:\\s+(\\d+) kB$");

  private MachineMemory() {}

  /** Bytes that can be had without swapping, and that the process may have. */
  static long free() {
    return Math.min(freeOnMachine(), leftToProcess());
  }

  /** What is left of the limit on what the process allocates; as good as endless without one. */
  private static long leftToProcess() {
    try {
      Matcher limit = LIMIT.matcher(Files.readString(LIMITS));
      Matcher used = USED.matcher(Files.readString(STATUS));
      return limit.find() && used.find()
          ? Math.max(0, Long.parseLong(limit.group(1)) - Long.parseLong(used.group(1)) * 1024)
          : Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE; // no Linux, no limit
    }
  }

  private static long freeOnMachine() {
    try {
      for (String line : Files.readAllLines(LINUX)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return unbuffered();
    }
    return unbuffered();
  }

  /** Where nothing says what buffers could be given back: less than there is. */
  private static long unbuffered() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getFreeMemorySize();
  }
}
