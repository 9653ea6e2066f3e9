package dev.floe.sweeps.file;

import java.util.List;
import java.util.Map;

/** A piece of a sweep file that knows its line, counted from 1. */
sealed interface Node {
  /** Longest piece of a value that a message repeats. */
  int SHOWN = 60;

  int line();

  /** What a message calls this piece. */
  String described();

  /**
   * A single value as it is written.
   *
   * @param text null when there is nothing after the key
   */
  record Scalar(String text, int line) implements Node {
    @Override
    public String described() {
      if (text == null) {
        return "nothing";
      }
      String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
      // a message stays one line, and a file cannot send control sequences to the terminal
      return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }
  }

  /** A list. */
  record Sequence(List<Node> items, int line) implements Node {
    @Override
    public String described() {
      return "a list";
    }
  }

  /** A map; its keys in the file's order. */
  record Mapping(Map<String, Entry> entries, int line) implements Node {
    @Override
    public String described() {
      return "a map";
    }
  }

  /**
   * A value and the line of its key.
   *
   * @param line where the key stands; the value may begin later
   */
  record Entry(Node value, int line) {}
}
