package dev.floe.sweeps.results;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes and reads {@code results.json}. */
public final class ResultsJson {
  /** The file's name in the sweep's directory. */
  public static final String FILE = "results.json";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(new SimpleModule().addSerializer(Double.class, new FiniteNumbers()))
          .build();

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
