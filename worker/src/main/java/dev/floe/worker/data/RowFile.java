package dev.floe.worker.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.StrictJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a data file: a JSON array of objects, or JSON lines. Three kinds of row may be mixed:
 *
 * <ul>
 *   <li>{@code {instruction, input, output, answer}}, where only the instruction is required
 *   <li>{@code {text}}, a document
 *   <li>{@code {token_ids, labels, answer}}, where only the ids are required
 * </ul>
 *
 * <p>Other keys are left alone.
 *
 * @param path where the rows came from, for messages
 */
public record RowFile(Path path, List<Row> rows) {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  public RowFile {
    rows = List.copyOf(rows);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidJobException it is missing, empty, not UTF-8 or not JSON, or a row is broken;
   *     the message names the file and the row, counted from 1
   */
  public static RowFile read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new InvalidJobException("data " + path + ": there is no such file; check the path");
    }
    List<Row> rows = new ArrayList<>();
    try (InputStream bytes = skipByteOrderMark(Files.newInputStream(path));
        JsonParser parser = StrictJson.parser(bytes)) {
      readRows(parser, path, rows);
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
    return new RowFile(path, rows);
  }

  /** The file's name without its extension: what its metrics are called by. */
  public String name() {
    String file = path.getFileName().toString();
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? file : file.substring(0, dot);
  }

  /** A refusal of one row, in one line that names file and row. */
  InvalidJobException broken(int index, String problem) {
    return broken(path, index, problem);
  }

  private static InvalidJobException broken(Path path, int index, String problem) {
    return new InvalidJobException("%s: row %d %s".formatted(path, index + 1, problem));
  }

  private static void readRows(JsonParser parser, Path path, List<Row> rows) throws IOException {
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
        rows.add(RowReader.read(object));
      } catch (RowReader.BrokenRowException e) {
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
