package dev.floe.worker.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.floe.worker.files.OneLine;
import dev.floe.worker.files.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses the JSON of a safetensors header; each entry is checked by itself. */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";
  private static final int MOST_DIMENSIONS = 32;

  private final Path file;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<TensorEntry> entries = new ArrayList<>();

  private SafetensorsHeader(Path file) {
    this.file = file;
  }

  static SafetensorsHeader parse(Path file, byte[] json) throws IOException {
    SafetensorsHeader header = new SafetensorsHeader(file);
    try (JsonParser parser = StrictJson.parser(new ByteArrayInputStream(json))) {
      header.parse(parser);
      return header;
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new SafetensorsException(
          file + ": the header " + StrictJson.problem(e) + "; " + SafetensorsFile.GET_AGAIN, e);
    }
  }

  Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** The tensors as the header lists them. */
  List<TensorEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  private void parse(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw broken("the header is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals(METADATA)) {
        parseMetadata(parser);
      } else {
        entries.add(parseEntry(parser, name));
      }
    }
    if (parser.nextToken() != null) {
      throw broken("something follows the header's JSON object");
    }
  }

  private void parseMetadata(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw broken(METADATA + " is not an object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw broken(METADATA + " entry " + OneLine.quote(key) + " is not a string");
      }
      metadata.put(key, parser.getText());
    }
  }

  private TensorEntry parseEntry(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw broken(name, "its entry is not an object");
    }
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = parseDType(parser, name);
        case "shape" -> shape = parseNumbers(parser, name, key);
        case "data_offsets" -> offsets = parseNumbers(parser, name, key);
        default -> throw broken(name, "unknown key " + OneLine.quote(key));
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw broken(name, missing + " is missing");
    }
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw broken(name, "data_offsets " + Arrays.toString(offsets) + " are no [begin, end]");
    }
    checkSize(name, dtype, shape, offsets[1] - offsets[0]);
    return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private DType parseDType(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw broken(name, "dtype is not a string");
    }
    String dtype = parser.getText();
    return DType.named(dtype)
        .orElseThrow(
            () ->
                new SafetensorsException(
                    "%s: tensor %s: element type %s is not supported; supported are %s"
                        .formatted(
                            file,
                            OneLine.quote(name),
                            OneLine.quote(dtype),
                            Arrays.toString(DType.values()))));
  }

  private long[] parseNumbers(JsonParser parser, String name, String key) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw broken(name, key + " is not a list");
    }
    long[] numbers = new long[MOST_DIMENSIONS];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw broken(name, key + " holds something that is no whole number");
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw broken(name, key + " holds " + parser.getText() + ", which no file can");
      }
      if (count == MOST_DIMENSIONS) {
        throw broken(name, key + " has more than " + MOST_DIMENSIONS + " numbers");
      }
      numbers[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private void checkSize(String name, DType dtype, long[] shape, long bytes)
      throws SafetensorsException {
    long expected = dtype.bytes();
    try {
      for (long dimension : shape) {
        expected = Math.multiplyExact(expected, dimension);
      }
    } catch (ArithmeticException e) {
      throw broken(name, "shape " + Arrays.toString(shape) + " is larger than any file");
    }
    if (expected != bytes) {
      throw broken(
          name,
          "%s of shape %s takes %d bytes, but data_offsets give it %d"
              .formatted(dtype, Arrays.toString(shape), expected, bytes));
    }
  }

  private SafetensorsException broken(String name, String problem) {
    return broken("tensor " + OneLine.quote(name) + ": " + problem);
  }

  private SafetensorsException broken(String problem) {
    return new SafetensorsException(file + ": " + problem + "; " + SafetensorsFile.GET_AGAIN);
  }
}
