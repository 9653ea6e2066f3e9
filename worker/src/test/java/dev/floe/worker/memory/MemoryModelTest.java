package dev.floe.worker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryModelTest {
  private static final double LARGEST_ERROR = 0.15;
  private static final int MEGABYTE = 1 << 20;

  @TempDir private Path directory;

  /** {@code mvn verify -Pmemory-model -pl worker -am} prints the table of docs/memory.md. */
  @Tag("memory-model")
  @Test
  void predictedPeaks_areCloseToMeasuredOnes() throws IOException, InterruptedException {
    List<Configuration> configurations = MemoryTable.ten();
    List<ProbeProcess.Peak> peaks = new ArrayList<>();
    System.out.println(MemoryTable.HEADER);
    for (Configuration configuration : configurations) {
      ProbeProcess.Peak peak = measure(configuration);
      peaks.add(peak);
      System.out.println(row(configuration, peak));
    }
    assertThat(peaks).allSatisfy(peak -> assertThat(peak.error()).isBetween(-LARGEST_ERROR, LARGEST_ERROR));
  }

  private ProbeProcess.Peak measure(Configuration configuration)
      throws IOException, InterruptedException {
    String name = configuration.backbone();
    Path own = directory.resolve(name);
    GeneratedBackbone.write(own, MemoryTable.backbone(name));
    GeneratedBackbone.rows(
        own.resolve("train.jsonl"),
        64,
        configuration.shortest(),
        configuration.longest(),
        MemoryTable.vocabulary(name));
    return ProbeProcess.measure(own, configuration);
  }

  private static String row(Configuration of, ProbeProcess.Peak peak) {
    return String.format(
        Locale.ROOT,
        "| %s | %s %d on %s | %s | %s | %d-%d | %d / %d | %d | %d | %.1f | %.1f | %+.1f %% |",
        of.backbone(),
        of.adapter(),
        of.rank(),
        of.modules(),
        of.layers(),
        of.type().name().toLowerCase(Locale.ROOT),
        of.shortest(),
        of.longest(),
        of.batch(),
        of.microBatch(),
        of.jobs(),
        of.threads(),
        (double) peak.predicted() / MEGABYTE,
        (double) peak.measured() / MEGABYTE,
        100 * peak.error());
  }
}
