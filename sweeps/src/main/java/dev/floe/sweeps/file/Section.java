package dev.floe.sweeps.file;

import dev.floe.sweeps.file.Node.Entry;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One map of the sweep file with the keys that it may have. What is wrong goes to the problems, and
 * the caller gets a harmless value, so that reading goes on and finds the rest.
 */
final class Section {
  private final String path;
  private final Map<String, Entry> entries;
  private final int line;
  private final boolean isMap;
  private final Problems problems;

  private Section(
      String path, Map<String, Entry> entries, int line, boolean isMap, Problems problems) {
    this.path = path;
    this.entries = entries;
    this.line = line;
    this.isMap = isMap;
    this.problems = problems;
  }

  /** Takes {@code node} as the section {@code path}, reporting keys that are not known there. */
  static Section of(String path, Node node, Problems problems) {
    if (!(node instanceof Mapping mapping)) {
      String keys = String.join(", ", Keys.of(path));
      String what = "expected a map with the keys " + keys + ", found " + node.described();
      problems.add(path, node.line(), what);
      return new Section(path, Map.of(), node.line(), false, problems);
    }
    Section section = new Section(path, mapping.entries(), mapping.line(), true, problems);
    mapping.entries().forEach(section::reportUnknown);
    return section;
  }

  private void reportUnknown(String key, Entry entry) {
    if (!Keys.of(path).contains(key)) {
      problems.add(path(key), entry.line(), Keys.unknown(path, key));
    }
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The value of {@code key}, which {@link #has} says is there. */
  Node value(String key) {
    return entries.get(key).value();
  }

  /** Reports what is wrong with {@code key}; of something that is no map, that has been said. */
  void report(String key, String what) {
    if (isMap) {
      problems.add(path(key), has(key) ? entries.get(key).line() : line, what);
    }
  }

  /** Reports {@code key} as missing unless it is there; says whether it is. */
  boolean require(String key) {
    if (lacks(key)) {
      report(key, "the key is missing");
    }
    return has(key);
  }

  /** Whether {@code key} is not there, and not misspelt either, which has been said already. */
  boolean lacks(String key) {
    return !has(key)
        && entries.keySet().stream()
            .filter(written -> !Keys.of(path).contains(written))
            .noneMatch(
                written -> Spelling.nearest(written, Keys.of(path)).equals(Optional.of(key)));
  }

  /** A section within this one; a missing one is empty, and all of its defaults hold. */
  Section section(String key) {
    return has(key)
        ? of(path(key), value(key), problems)
        : new Section(path(key), Map.of(), line, true, problems);
  }

  /** A value that may not be a list; {@code fallback} when it is missing or wrong. */
  <T> T scalar(String key, ScalarType<T> type, T fallback) {
    if (!has(key)) {
      return fallback;
    }
    if (value(key) instanceof Sequence) {
      report(key, "cannot be a list: this setting is the same for all jobs of a sweep");
      return fallback;
    }
    T value = parse(key, value(key), type);
    return value == null ? fallback : value;
  }

  /** The values of an axis: a list, or a single fixed one; empty when missing or wrong. */
  <T> List<T> axis(String key, ScalarType<T> type) {
    if (!has(key)) {
      return List.of();
    }
    Node value = value(key);
    List<Node> items = value instanceof Sequence sequence ? sequence.items() : List.of(value);
    if (items.isEmpty()) {
      report(key, "the list is empty; give at least one value");
    }
    Set<T> values = new LinkedHashSet<>();
    for (Node item : items) {
      T parsed = parse(key, item, type);
      if (parsed != null && !values.add(parsed)) {
        problems.add(path(key), item.line(), "the value " + item.described() + " is listed twice");
      }
    }
    return new ArrayList<>(values);
  }

  private <T> T parse(String key, Node node, ScalarType<T> type) {
    try {
      return type.parse(node);
    } catch (Unfit unfit) {
      problems.add(path(key), node.line(), unfit.getMessage());
      return null;
    }
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
