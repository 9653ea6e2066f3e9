package dev.floe.sweeps.file;

import dev.floe.sweeps.check.Problem;
import dev.floe.sweeps.file.Node.Entry;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Scalar;
import dev.floe.sweeps.file.Node.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values that the command line puts in place of a sweep file's, or adds to it: {@code
 * train.batch=8}, {@code adapter.rank=[4, 16]}. A key is a dotted path, a value is YAML. They stand
 * on no line of the file, and paths among them are relative to the current directory.
 */
public final class Settings {
  /** No settings: the file as it is. */
  public static final Settings NONE = new Settings(Map.of());

  /** The line of what stands in no file. */
  static final int NO_LINE = 0;

  private final Map<String, Node> values;

  private Settings(Map<String, Node> values) {
    this.values = values;
  }

  /**
   * Reads settings of the form {@code key=value}; the later one of two for the same key holds.
   *
   * @throws SweepFileException with everything that is wrong with them
   */
  public static Settings parse(List<String> settings) throws SweepFileException {
    Map<String, Node> values = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (!setting.matches("(?s)[A-Za-z-]+(\\.[A-Za-z-]+)*=.*")) {
        String what = "expected KEY=VALUE with a dotted key, such as train.batch=8";
        throw new SweepFileException(List.of(new Problem("--set " + oneLine(setting), what)));
      }
      String key = setting.substring(0, equals);
      Problems problems = new Problems("--set " + key);
      NodeReader.read(setting.substring(equals + 1), problems)
          .ifPresent(node -> values.put(key, unplaced(node)));
      problems.throwIfAny();
    }
    return new Settings(values);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static Node unplaced(Node node) {
    if (node instanceof Sequence list) {
      return new Sequence(list.items().stream().map(Settings::unplaced).toList(), NO_LINE);
    }
    if (node instanceof Mapping map) {
      Map<String, Entry> entries = new LinkedHashMap<>();
      map.entries()
          .forEach((key, entry) -> entries.put(key, new Entry(unplaced(entry.value()), NO_LINE)));
      return new Mapping(entries, NO_LINE);
    }
    return new Scalar(((Scalar) node).text(), NO_LINE);
  }

  /** The document with these values in it. */
  Node over(Node root) {
    Node result = root;
    for (Map.Entry<String, Node> value : values.entrySet()) {
      result = with(result, List.of(value.getKey().split("\\.")), value.getValue());
    }
    return result;
  }

  /** Something that is no map is left as it is: its section will say what is wrong with it. */
  private static Node with(Node node, List<String> path, Node value) {
    if (path.isEmpty()) {
      return value;
    }
    if (!(node instanceof Mapping map)) {
      return node;
    }
    Map<String, Entry> entries = new LinkedHashMap<>(map.entries());
    Entry old = entries.get(path.get(0));
    Node inner = old == null ? new Mapping(Map.of(), NO_LINE) : old.value();
    int line = old == null ? NO_LINE : old.line();
    Node changed = with(inner, path.subList(1, path.size()), value);
    entries.put(path.get(0), new Entry(changed, path.size() == 1 ? NO_LINE : line));
    return new Mapping(entries, map.line());
  }
}
