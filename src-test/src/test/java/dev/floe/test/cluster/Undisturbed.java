package dev.floe.test.cluster;

import dev.floe.test.run.RunOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What comes of the sweep when nothing dies: run on the same cluster as all others, once, for the
 * first test that asks.
 *
 * @param sweep the sweep's file
 * @param weights each job's adapter file
 * @param repeated steps that were done more than once
 */
record Undisturbed(
    Path sweep, List<Double> finalLosses, List<String> curves, List<byte[]> weights, int repeated) {
  private static Undisturbed once; // null until a test has asked

  static synchronized Undisturbed run() throws IOException, InterruptedException {
    if (once == null) {
      Path directory = Files.createTempDirectory("floe-undisturbed");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
      Path sweep = FaultSweep.write(directory);
      try (FaultRun run = FaultRun.start(directory, sweep)) {
        run.awaitEnd();
        once = of(sweep, run.output(), run.repeatedSteps());
      }
    }
    return once;
  }

  private static Undisturbed of(Path sweep, RunOutput output, int repeated) throws IOException {
    List<byte[]> weights = new ArrayList<>();
    for (int job = 0; job < FaultSweep.JOBS; job++) {
      weights.add(output.weights(job));
    }
    return new Undisturbed(sweep, output.finalLosses(), output.curves(), weights, repeated);
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // it lies among the temporary files
    }
  }
}
