package dev.floe.sweeps.results;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes and reads {@code results.json}. */
public final class ResultsJson {
  /** The file's name in the sweep's directory. */
  public static final String FILE = "results.json";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(new SimpleModule().addSerializer(Double.class, new FiniteNumbers()))
          .build();

  private static final ObjectWriter LINES =
      MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT);

  private ResultsJson() {}

  public static String render(SweepResults results) {
    try {
      return MAPPER.writeValueAsString(results) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the results could not be written as JSON", e);
    }
  }

  /** Replaces {@code file} in one step: a reader sees the old content or the new. */
  public static void write(Path file, SweepResults results) throws IOException {
    AtomicFile.write(file, render(results));
  }

  /** One job's entry, without line breaks. */
  static byte[] line(JobResult job) {
    try {
      return LINES.writeValueAsBytes(job);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the result could not be written as JSON", e);
    }
  }

  /** Reads what {@link #line} gave. */
  static JobResult readLine(byte[] line) throws IOException {
    return MAPPER.readValue(line, JobResult.class);
  }

  /** All up to the jobs' entries, which follow, and then a bracket and a brace. */
  static void writeHead(OutputStream out, SweepResults sweep) throws IOException {
    String whole =
        LINES.writeValueAsString(
            new SweepResults(
                sweep.sweep(), sweep.id(), sweep.backbone(), sweep.baseline(), List.of()));
    String end = "[]}";
    if (!whole.endsWith(end)) {
      throw new IllegalStateException("the jobs come last, got " + whole);
    }
    out.write(
        whole.substring(0, whole.length() - end.length() + 1).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what {@link #write} wrote, now or in an earlier version.
   *
   * @throws IOException when the file cannot be read or is not what {@link #write} writes
   */
  public static SweepResults read(Path file) throws IOException {
    try {
      return MAPPER.readValue(Files.readAllBytes(file), SweepResults.class);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not a results file: " + e.getOriginalMessage(), e);
    }
  }

  /** JSON has no NaN and no infinity: they are written as null. */
  private static final class FiniteNumbers extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
