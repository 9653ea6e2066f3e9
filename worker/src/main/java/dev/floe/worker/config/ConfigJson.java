package dev.floe.worker.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.OneLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Typed reading of a config file's object; a wrong value is refused in one line naming the key. */
final class ConfigJson {
  private final Path file;
  private final String prefix;
  private final ObjectNode object;
  private final ConfigJson generation;

  /**
   * A config.
   *
   * @param generation what lies beside it about generation; null when there is nothing
   */
  ConfigJson(Path file, ObjectNode object, ConfigJson generation) {
    this(file, "", object, generation);
  }

  private ConfigJson(Path file, String prefix, ObjectNode object, ConfigJson generation) {
    this.file = file;
    this.prefix = prefix;
    this.object = object;
    this.generation = generation;
  }

  /** {@code generation_config.json}, if the directory has one. */
  Optional<ConfigJson> generation() {
    return Optional.ofNullable(generation);
  }

  /** Whether the key is there and not null. */
  boolean has(String key) {
    return object.hasNonNull(key);
  }

  /** The spelling that the file has, or the first when it has none: keys were renamed over time. */
  String spelling(String... spellings) {
    return Arrays.stream(spellings).filter(this::has).findFirst().orElse(spellings[0]);
  }

  /** The object under the key, or empty when it is absent or null. */
  Optional<ConfigJson> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (object.get(key) instanceof ObjectNode child) {
      return Optional.of(new ConfigJson(file, prefix + key + ".", child, generation));
    }
    throw wrong(key, "an object");
  }

  String string(String key) {
    JsonNode value = required(key);
    if (!value.isTextual()) {
      throw wrong(key, "a string");
    }
    return value.asText();
  }

  String string(String key, String absent) {
    return has(key) ? string(key) : absent;
  }

  /** A whole number from 1 to {@code largest}. */
  int size(String key, int largest) {
    JsonNode value = required(key);
    if (!value.canConvertToInt()
        || !value.isIntegralNumber()
        || value.intValue() < 1
        || value.intValue() > largest) {
      throw wrong(key, "a whole number from 1 to " + largest);
    }
    return value.intValue();
  }

  int size(String key, int largest, int absent) {
    return has(key) ? size(key, largest) : absent;
  }

  /** A finite number above 0. */
  double positive(String key) {
    JsonNode value = required(key);
    double number = value.doubleValue();
    if (!value.isNumber() || !(number > 0) || Double.isInfinite(number)) {
      throw wrong(key, "a number above 0");
    }
    return number;
  }

  double positive(String key, double absent) {
    return has(key) ? positive(key) : absent;
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (!object.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return object.get(key).booleanValue();
  }

  /** A token id below the vocabulary's size; null when absent or, as old files say it, -1. */
  Integer token(String key, int vocabulary) {
    List<Integer> tokens = tokens(key, vocabulary);
    if (tokens.size() > 1) {
      throw wrong(key, "one token id");
    }
    return tokens.isEmpty() ? null : tokens.get(0);
  }

  /** Token ids, given as a number or as a list; empty when absent. */
  List<Integer> tokens(String key, int vocabulary) {
    if (!has(key)) {
      return List.of();
    }
    JsonNode value = object.get(key);
    List<Integer> tokens = new ArrayList<>();
    for (JsonNode token : value.isArray() ? value : List.of(value)) {
      if (!token.isIntegralNumber()
          || !token.canConvertToInt()
          || token.intValue() < -1
          || token.intValue() >= vocabulary) {
        throw wrong(key, "a token id below vocab_size " + vocabulary);
      }
      if (token.intValue() >= 0) {
        tokens.add(token.intValue());
      }
    }
    return tokens;
  }

  InvalidJobException unsupported(String key, String value, String supported) {
    return new InvalidJobException(
        "%s: %s %s is not supported; supported: %s"
            .formatted(file, prefix + key, OneLine.quote(value), supported));
  }

  InvalidJobException invalid(String problem) {
    return new InvalidJobException(file + ": " + problem);
  }

  private JsonNode required(String key) {
    if (!has(key)) {
      throw invalid(prefix + key + " is missing");
    }
    return object.get(key);
  }

  private InvalidJobException wrong(String key, String expected) {
    return invalid(
        "%s must be %s, got %s"
            .formatted(prefix + key, expected, OneLine.quote(object.get(key).toString())));
  }
}
