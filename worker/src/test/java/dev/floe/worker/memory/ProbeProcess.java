package dev.floe.worker.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a {@link MemoryProbe} in a fresh process with the launcher's allocator settings. */
final class ProbeProcess {
  private ProbeProcess() {}

  /**
   * What came of a configuration.
   *
   * @param predicted bytes
   * @param measured bytes above what the process had with its engine loaded
   */
  record Peak(long predicted, long measured) {
    /** How far the prediction is off, relative to what was measured. */
    double error() {
      return (double) predicted / measured - 1;
    }
  }

  /**
   * Trains and measures.
   *
   * @param directory of the backbone, with the rows in it
   */
  static Peak measure(Path directory, Configuration wanted)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>(List.of(java, "-Xms192m", "-Xmx192m"));
    command.addAll(List.of("-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dai.djl.offline=true", "-cp", classPath, MemoryProbe.class.getName()));
    command.add(directory.toString());
    command.addAll(wanted.arguments());
    Path errors = directory.resolve("errors.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "OPT_OUT_TRACKING", "true",
                "MALLOC_MMAP_MAX_", "0",
                "MALLOC_TRIM_THRESHOLD_", "2147483647"));
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("the probe failed: " + output + "\n" + Files.readString(errors));
    }
    String[] peak = output.substring(output.lastIndexOf('\n') + 1).split(" ", -1);
    return new Peak(Long.parseLong(peak[0]), Long.parseLong(peak[1]));
  }
}
