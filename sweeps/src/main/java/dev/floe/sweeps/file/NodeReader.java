package dev.floe.sweeps.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.floe.sweeps.file.Node.Entry;
import dev.floe.sweeps.file.Node.Mapping;
import dev.floe.sweeps.file.Node.Scalar;
import dev.floe.sweeps.file.Node.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads YAML text into {@link Node}s. Aliases are refused instead of followed, so a small file
 * cannot grow into a large tree, and nesting is bounded.
 */
final class NodeReader {
  private static final int DEEPEST = 20;

  private final YAMLParser parser;
  private final Problems problems;

  private NodeReader(YAMLParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The document's root; empty, with the reason in {@code problems}, when it is not YAML. */
  static Optional<Node> read(String text, Problems problems) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(SweepFile.LARGEST);
    options.setNestingDepthLimit(DEEPEST);
    YAMLFactory factory = YAMLFactory.builder().loaderOptions(options).build();
    try (YAMLParser parser = factory.createParser(text)) {
      return new NodeReader(parser, problems).document();
    } catch (Refused e) {
      problems.add(e.key, e.line, e.getMessage());
      return Optional.empty();
    } catch (JsonProcessingException | YAMLException e) {
      reportSyntax(e, problems);
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  private Optional<Node> document() throws IOException {
    if (parser.nextToken() == null) {
      problems.add("", 0, "the file is empty");
      return Optional.empty();
    }
    Node root = node("", 0);
    if (parser.nextToken() != null) {
      problems.add("", line(), "a second document begins here; a file holds one sweep");
    }
    return Optional.of(root);
  }

  private Node node(String path, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new Refused("", line(), "lists and maps are nested deeper than " + DEEPEST);
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(path, depth);
    }
    if (token == JsonToken.START_ARRAY) {
      return sequence(path, depth);
    }
    if (parser.isCurrentAlias()) {
      throw new Refused(path, line(), "aliases (*name) are not followed; write the value out");
    }
    boolean empty = token == JsonToken.VALUE_NULL || parser.getText().isEmpty();
    return new Scalar(empty ? null : parser.getText(), line());
  }

  private Mapping mapping(String path, int depth) throws IOException {
    int line = line();
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = line();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      parser.nextToken();
      Entry first = entries.get(key);
      Entry entry = new Entry(node(keyPath, depth + 1), keyLine);
      if (first == null) {
        entries.put(key, entry);
      } else {
        problems.add(
            keyPath, keyLine, "the key is given twice; the first is on line " + first.line());
      }
    }
    return new Mapping(entries, line);
  }

  private Sequence sequence(String path, int depth) throws IOException {
    int line = line();
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(path, depth + 1));
    }
    return new Sequence(items, line);
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private static void reportSyntax(Exception e, Problems problems) {
    Throwable root = e instanceof JsonProcessingException ? e.getCause() : e;
    if (root instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      problems.add("", marked.getProblemMark().getLine() + 1, "not YAML: " + marked.getProblem());
    } else if (e instanceof JsonProcessingException json && json.getLocation() != null) {
      String message = json.getOriginalMessage().lines().findFirst().orElse("");
      problems.add("", json.getLocation().getLineNr(), "not YAML: " + message);
    } else {
      problems.add("", 0, "not YAML: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  /** YAML that this reader does not go into; there is no way on behind it. */
  private static final class Refused extends IOException {
    private final String key;
    private final int line;

    Refused(String key, int line, String what) {
      super(what);
      this.key = key;
      this.line = line;
    }
  }
}
