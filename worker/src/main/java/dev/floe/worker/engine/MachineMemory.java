package dev.floe.worker.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the machine's memory has room for. */
final class MachineMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");

  private MachineMemory() {}

  /** Bytes that can be had without swapping. */
  static long free() {
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
