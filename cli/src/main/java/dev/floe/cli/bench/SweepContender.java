package dev.floe.cli.bench;

import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.ResultsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A sweep in one mode; a round runs all of it in fresh processes. */
final class SweepContender {
  private final SweepMode mode;
  private final Path file;
  private final List<String> settings;
  private final int jobs;
  private final int threads;

  /**
   * @param settings {@code --set} values for the file
   * @param jobs of the sweep
   */
  SweepContender(SweepMode mode, Path file, List<String> settings, int jobs, int threads) {
    this.mode = mode;
    this.file = file;
    this.settings = settings;
    this.jobs = jobs;
    this.threads = threads;
  }

  SweepTimes round() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("floe-bench");
    try {
      return mode == SweepMode.PROCESS_PER_JOB ? jobByJob(directory) : together(directory);
    } finally {
      delete(directory);
    }
  }

  private SweepTimes together(Path directory) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("run", file.toString()));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    if (mode == SweepMode.BUNDLES_OFF) {
      arguments.addAll(List.of("--set", "bundles=off"));
    }
    arguments.addAll(List.of("--no-web", "--quiet"));
    double makespan = seconds(arguments, directory);
    return SweepTimes.of(makespan, results(directory));
  }

  private SweepTimes jobByJob(Path directory) throws IOException, InterruptedException {
    double makespan = 0;
    List<JobResult> results = new ArrayList<>();
    for (int job = 0; job < jobs; job++) {
      List<String> arguments = new ArrayList<>(List.of("bench", "job", file.toString()));
      settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
      arguments.addAll(List.of("--job", String.valueOf(job)));
      Path own = Files.createDirectory(directory.resolve("job-" + job));
      makespan += seconds(arguments, own);
      results.addAll(results(own));
    }
    return SweepTimes.of(makespan, results);
  }

  private double seconds(List<String> arguments, Path directory)
      throws IOException, InterruptedException {
    arguments.addAll(List.of("--threads", String.valueOf(threads)));
    arguments.addAll(List.of("--out", directory.resolve("out").toString()));
    long start = System.nanoTime();
    FloeProcess.run(arguments, directory.resolve("said.log"));
    return (System.nanoTime() - start) / 1e9;
  }

  private static List<JobResult> results(Path directory) throws IOException {
    return ResultsJson.read(directory.resolve("out").resolve(ResultsJson.FILE)).jobs();
  }

  private static void delete(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(directory)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
