package dev.floe.worker.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.files.OneLine;
import java.util.Iterator;

/** Makes a row of a JSON object. */
final class RowReader {
  private static final int LONGEST_EXCERPT = 60;
  private static final int LONGEST_KEYS = 120;

  private RowReader() {}

  /** What is wrong with a row; the caller knows which one it is. */
  static final class BrokenRowException extends Exception {
    BrokenRowException(String problem) {
      super(problem);
    }
  }

  static Row read(ObjectNode row) throws BrokenRowException {
    if (row.hasNonNull("instruction")) {
      return instruction(row);
    }
    if (row.hasNonNull("text")) {
      return new Row.Document(notBlank("text", text(row, "text", "")));
    }
    if (row.hasNonNull("question")) {
      return Gsm8kRow.read(notBlank("question", text(row, "question", "")), answer(row));
    }
    if (row.hasNonNull("token_ids")) {
      return tokenIds(row);
    }
    throw new BrokenRowException(
        "has no \"instruction\" (nor \"text\", \"question\" nor \"token_ids\"); its keys are: "
            + keys(row));
  }

  private static Row instruction(ObjectNode row) throws BrokenRowException {
    return new Row.Instruction(
        notBlank("instruction", text(row, "instruction", "")),
        text(row, "input", ""),
        text(row, "output", null),
        answer(row));
  }

  private static Row tokenIds(ObjectNode row) throws BrokenRowException {
    int[] ids = numbers(row, "token_ids", 0);
    if (ids.length == 0) {
      throw new BrokenRowException("has an empty \"token_ids\"");
    }
    int[] labels = row.hasNonNull("labels") ? numbers(row, "labels", TrainingRow.NO_LOSS) : null;
    if (labels != null && labels.length != ids.length) {
      throw new BrokenRowException(
          "has %d \"token_ids\" but %d \"labels\"".formatted(ids.length, labels.length));
    }
    return new Row.TokenIds(ids, labels, answer(row));
  }

  private static String text(ObjectNode row, String key, String absent) throws BrokenRowException {
    if (!row.hasNonNull(key)) {
      return absent;
    }
    JsonNode value = row.get(key);
    if (!value.isTextual()) {
      throw new BrokenRowException(
          "has a \"%s\" that is no string: %s".formatted(key, show(value)));
    }
    return value.textValue();
  }

  private static String answer(ObjectNode row) throws BrokenRowException {
    if (!row.hasNonNull("answer")) {
      return null;
    }
    JsonNode value = row.get("answer");
    if (value.isContainerNode()) {
      throw new BrokenRowException(
          "has an \"answer\" that is neither number nor string: " + show(value));
    }
    return notBlank("answer", value.asText());
  }

  /** Token ids, or labels, which may also be {@code other}. */
  private static int[] numbers(ObjectNode row, String key, int other) throws BrokenRowException {
    JsonNode list = row.get(key);
    if (!list.isArray()) {
      throw new BrokenRowException("has a \"%s\" that is no list: %s".formatted(key, show(list)));
    }
    int[] numbers = new int[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode value = list.get(i);
      if (!value.isIntegralNumber()
          || !value.canConvertToInt()
          || (value.intValue() < 0 && value.intValue() != other)) {
        throw new BrokenRowException(
            "has %s in \"%s\", which is no token id".formatted(show(value), key));
      }
      numbers[i] = value.intValue();
    }
    return numbers;
  }

  private static String notBlank(String key, String text) throws BrokenRowException {
    if (text.isBlank()) {
      throw new BrokenRowException("has an empty \"" + key + "\"");
    }
    return text;
  }

  private static String show(JsonNode value) {
    return OneLine.shorten(value.toString(), LONGEST_EXCERPT);
  }

  private static String keys(ObjectNode row) {
    StringBuilder keys = new StringBuilder();
    for (Iterator<String> names = row.fieldNames(); names.hasNext(); ) {
      keys.append(keys.isEmpty() ? "" : ", ").append(names.next());
    }
    return keys.isEmpty() ? "none" : OneLine.shorten(keys.toString(), LONGEST_KEYS);
  }
}
