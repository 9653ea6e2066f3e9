package dev.floe.worker.data;

import dev.floe.worker.InvalidJobException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The rows of a data file: a JSON array of objects, or JSON lines. Four kinds of row may be mixed:
 *
 * <ul>
 *   <li>{@code {instruction, input, output, answer}}, where only the instruction is required
 *   <li>{@code {text}}, a document
 *   <li>{@code {question, answer}} as GSM8K has it: steps, then the number behind {@code ####}
 *   <li>{@code {token_ids, labels, answer}}, where only the ids are required
 * </ul>
 *
 * <p>Other keys are left alone.
 *
 * @param path where the rows came from, for messages
 */
public record RowFile(Path path, List<Row> rows) {
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
    return new RowFile(path, JsonRows.read(path, RowReader::read));
  }

  /**
   * The file with its first rows alone.
   *
   * @param limit how many at most; 0 for all
   */
  public RowFile first(int limit) {
    return limit == 0 || limit >= rows.size() ? this : new RowFile(path, rows.subList(0, limit));
  }

  /** The file's name without its extension: what its metrics are called by. */
  public String name() {
    return name(path);
  }

  /** The {@link #name()} that a file's rows would have, without reading it. */
  public static String name(Path path) {
    String file = path.getFileName().toString();
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? file : file.substring(0, dot);
  }

  /** A refusal of one row, in one line that names file and row. */
  InvalidJobException broken(int index, String problem) {
    return JsonRows.broken(path, index, problem);
  }
}
