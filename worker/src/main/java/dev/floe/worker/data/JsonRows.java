package dev.floe.worker.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.data.RowReader.BrokenRowException;
import dev.floe.worker.files.StrictJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of JSON objects: an array of them, or JSON lines; UTF-8, at least one. */
final class JsonRows {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private JsonRows() {}

  /** Makes something of one object. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ObjectNode row) throws BrokenRowException;
  }

  /**
   * Reads all rows.
   *
   * @throws InvalidJobException the file is missing, empty, not UTF-8 or not JSON, or a row is
   *     broken; the message names the file and the row, counted from 1
   */
  static <T> List<T> read(Path path, Reader<T> reader) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new InvalidJobException("data " + path + ": there is no such file; check the path");
    }
    List<T> rows = new ArrayList<>();
    try (InputStream bytes = skipByteOrderMark(Files.newInputStream(path));
        JsonParser parser = StrictJson.parser(bytes)) {
      readRows(parser, path, reader, rows);
    } catch (CharacterCodingException e) {
      throw new InvalidJobException(
          "%s: line %d is not valid UTF-8; save the file as UTF-8"
              .formatted(path, Utf8.firstMalformedLine(path)),
          e);
    } catch (JsonProcessingException e) {
      throw broken(path, rows.size(), StrictJson.problem(e));
    }
    if (rows.isEmpty()) {
      throw new InvalidJobException(path + ": holds no rows; give it at least one");
    }
    return rows;
  }

  /** A refusal of one row, in one line that names file and row. */
  static InvalidJobException broken(Path path, int index, String problem) {
    return new InvalidJobException("%s: row %d %s".formatted(path, index + 1, problem));
  }

  private static <T> void readRows(JsonParser parser, Path path, Reader<T> reader, List<T> rows)
      throws IOException {
    JsonToken first = parser.nextToken();
    boolean array = first == JsonToken.START_ARRAY;
    JsonToken token = array ? parser.nextToken() : first;
    while (token != null && token != JsonToken.END_ARRAY) {
      int line = parser.currentTokenLocation().getLineNr();
      JsonNode node = StrictJson.readValue(parser);
      if (!(node instanceof ObjectNode object)) {
        throw broken(path, rows.size(), "(line " + line + ") is no JSON object");
      }
      try {
        rows.add(reader.read(object));
      } catch (BrokenRowException e) {
        throw broken(path, rows.size(), "(line " + line + ") " + e.getMessage());
      }
      token = parser.nextToken();
    }
    if (array && parser.nextToken() != null) {
      throw broken(path, rows.size(), "follows the end of the JSON array; remove what is there");
    }
  }

  private static InputStream skipByteOrderMark(InputStream file) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(file);
    bytes.mark(BYTE_ORDER_MARK.length);
    for (byte expected : BYTE_ORDER_MARK) {
      if (bytes.read() != Byte.toUnsignedInt(expected)) {
        bytes.reset();
        break;
      }
    }
    return bytes;
  }
}
