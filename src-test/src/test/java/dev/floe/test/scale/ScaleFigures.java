package dev.floe.test.scale;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What was measured with one store.
 *
 * @param submitMillis of the sweep, whose jobs are a million
 * @param fullPerSecond durable completions each second, no worker ever pausing
 * @param halfPerSecond durable completions each second, workers pausing so that there are 5,000
 * @param heapMegabytes used after a collection, when so many jobs were completed
 * @param bytesPerJob how much it grew with each job from there on
 * @param recoveryMillis of a new process, until the sweep answers
 * @param recoveryCpuMillis the processor time that this process took, the start of the JVM included
 * @param loadAverage of the machine when this began
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ScaleFigures(
    String store,
    int workers,
    long submitMillis,
    double fullPerSecond,
    double fullP50Millis,
    double fullP99Millis,
    double halfPerSecond,
    double halfP50Millis,
    double halfP99Millis,
    double heapMegabytes,
    double bytesPerJob,
    long recoveredJobs,
    long recoveryMillis,
    long recoveryCpuMillis,
    double loadAverage) {

  private static final String FILE = "scale.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static void write(Path directory, List<ScaleFigures> all) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(directory.resolve(FILE).toFile(), all);
  }

  static List<ScaleFigures> read(Path directory) throws IOException {
    return List.of(JSON.readValue(directory.resolve(FILE).toFile(), ScaleFigures[].class));
  }

  private interface Row {
    Object of(ScaleFigures figures);
  }

  /** A Markdown table with a column for each store. */
  static String table(List<ScaleFigures> all) {
    StringBuilder table = new StringBuilder();
    row(table, "", all, ScaleFigures::store);
    row(table, "---", all, figures -> "---:");
    row(table, "simulated workers", all, ScaleFigures::workers);
    row(table, "1,000,000 jobs submitted in, ms", all, ScaleFigures::submitMillis);
    row(table, "durable completions/s, full load", all, ScaleFigures::fullPerSecond);
    row(table, "dispatch latency p50, full load, ms", all, ScaleFigures::fullP50Millis);
    row(table, "dispatch latency p99, full load, ms", all, ScaleFigures::fullP99Millis);
    row(table, "durable completions/s, half load", all, ScaleFigures::halfPerSecond);
    row(table, "dispatch latency p50, half load, ms", all, ScaleFigures::halfP50Millis);
    row(table, "dispatch latency p99, half load, ms", all, ScaleFigures::halfP99Millis);
    row(table, "heap in use, MB", all, ScaleFigures::heapMegabytes);
    row(table, "its growth, bytes for each finished job", all, ScaleFigures::bytesPerJob);
    row(table, "finished jobs recovered", all, ScaleFigures::recoveredJobs);
    row(table, "recovery in a new process, ms", all, ScaleFigures::recoveryMillis);
    row(table, "its processor time, ms", all, ScaleFigures::recoveryCpuMillis);
    row(table, "load average before", all, ScaleFigures::loadAverage);
    return table.toString();
  }

  private static void row(StringBuilder table, String title, List<ScaleFigures> all, Row row) {
    table.append("| ").append(title).append(" |");
    for (ScaleFigures figures : all) {
      Object value = row.of(figures);
      String text =
          value instanceof Double number
              ? String.format(Locale.ROOT, "%,.1f", number)
              : value instanceof Number whole
                  ? String.format(Locale.ROOT, "%,d", whole.longValue())
                  : value.toString();
      table.append(' ').append(text).append(" |");
    }
    table.append('\n');
  }
}
