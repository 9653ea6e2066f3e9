package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of a process that runs many jobs. The Java heap has a fixed size and is touched from
 * the start, so that what grows is native: tensors, handles, tokenizers. Takes minutes, so it has a
 * profile of its own: {@code mvn -B verify -Pmemory -pl src-test -am}.
 */
@Tag("memory")
class MemoryTest {
  private static final String TWO_HUNDRED_JOBS =
      TinySweep.TWO_JOBS
          .replace("type: lora", "type: [lora, series]")
          .replace("placement: attention", "placement: [attention, mlp]")
          .replace("steps: 6", "steps: 20")
          .replace("seeds: [0]", "seeds: " + IntStream.range(0, 25).boxed().toList());

  private static final int JOBS = 200;
  private static final int BETWEEN_SAMPLES = 20;

  /** By then every code path was taken, and the compilers have done most of their work. */
  private static final int WARM = 40;

  private static final int LARGEST_GROWTH_MEGABYTES = 40;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  @TempDir Path directory;

  @Test
  void twoHundredJobs_leaveTheMemoryFlat() throws IOException, InterruptedException {
    Path sweep = TinySweep.write(directory, TWO_HUNDRED_JOBS);
    List<String> heap = List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch");
    Map<Integer, Integer> megabytes = new TreeMap<>();
    try (FloeProcess floe =
        FloeProcess.start(
            heap, "run", sweep, "--out", directory.resolve("out"), "--threads", 1, "--no-web")) {
      for (int jobs = BETWEEN_SAMPLES; jobs <= JOBS; jobs += BETWEEN_SAMPLES) {
        int wanted = jobs;
        Await.until(jobs + " jobs done", LONGEST, () -> done(floe) >= wanted || !floe.isAlive());
        megabytes.put(jobs, residentMegabytes(floe));
      }
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    System.out.println("jobs  resident MB");
    megabytes.forEach((jobs, resident) -> System.out.printf("%4d  %11d%n", jobs, resident));
    assertThat(megabytes.get(JOBS) - megabytes.get(WARM))
        .as("growth in MB between job %d and job %d, of %s", WARM, JOBS, megabytes)
        .isLessThan(LARGEST_GROWTH_MEGABYTES);
  }

  private static long done(FloeProcess floe) throws IOException {
    return floe.errors().lines().filter(line -> line.contains("): done, loss")).count();
  }

  private static int residentMegabytes(FloeProcess floe) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + floe.id() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow(() -> new AssertionError("the process ended early"));
  }
}
