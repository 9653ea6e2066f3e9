package dev.floe.worker.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * JSON from files that nobody vouches for: UTF-8 and nothing else, no key twice in an object,
 * bounded nesting, bounded size.
 */
public final class StrictJson {
  /** Deepest nesting of objects and arrays that is read. */
  public static final int DEEPEST = 64;

  private static final int LONGEST_PROBLEM = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final ObjectReader ONE_OF_MANY =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private StrictJson() {}

  /**
   * A streaming parser over UTF-8 bytes; it fails with a {@link CharacterCodingException} where the
   * bytes are not UTF-8, and with a {@link JsonProcessingException} where they are not JSON.
   */
  public static JsonParser parser(InputStream bytes) throws IOException {
    return FACTORY.createParser(utf8(bytes));
  }

  /** Reads the value at the parser's current token, up to its end and no further. */
  public static JsonNode readValue(JsonParser parser) throws IOException {
    return ONE_OF_MANY.readTree(parser);
  }

  /**
   * Reads a file that holds one JSON object.
   *
   * @param largest size in bytes above which the file is refused unread
   * @throws MalformedJsonException one line that names the file and what is wrong in it
   */
  public static ObjectNode readObject(Path file, long largest) throws IOException {
    long size = Files.size(file);
    if (size > largest) {
      throw new MalformedJsonException(
          "%s: has %d bytes, more than the %d that floe reads of such a file"
              .formatted(file, size, largest));
    }
    try (InputStream bytes = Files.newInputStream(file);
        Reader text = utf8(bytes)) {
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new MalformedJsonException(file + ": must hold one JSON object, { ... }");
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new MalformedJsonException(file + ": " + problem(e), e);
    }
  }

  /** What is wrong with the text that a parser of this class refused, in a few words. */
  public static String problem(IOException refusal) {
    if (refusal instanceof CharacterCodingException) {
      return "is not valid UTF-8";
    }
    if (refusal instanceof JsonProcessingException json) {
      String where =
          json.getLocation() == null
              ? ""
              : " (line %d, column %d)"
                  .formatted(json.getLocation().getLineNr(), json.getLocation().getColumnNr());
      return "is not valid JSON: "
          + OneLine.shorten(json.getOriginalMessage(), LONGEST_PROBLEM)
          + where;
    }
    return "cannot be read: " + OneLine.of(String.valueOf(refusal.getMessage()));
  }

  private static Reader utf8(InputStream bytes) {
    return new InputStreamReader(
        bytes,
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }
}
