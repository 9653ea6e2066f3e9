package dev.floe.cli.bench;

import dev.floe.cli.Floe;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs floe in a process of its own, with this one's Java, options and class path. */
final class FloeProcess {
  private FloeProcess() {}

  /**
   * Runs a command to its end.
   *
   * @param log what it says goes there
   * @throws IOException it did not exit with 0
   */
  static void run(List<String> arguments, Path log) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Floe.class.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Thread ends = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ends); // or it would go on when this one is interrupted
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        List<String> said = Files.readAllLines(log);
        String last = said.isEmpty() ? "it said nothing" : said.get(said.size() - 1);
        throw new IOException(
            "floe %s: exited with %d: %s".formatted(String.join(" ", arguments), exit, last));
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
