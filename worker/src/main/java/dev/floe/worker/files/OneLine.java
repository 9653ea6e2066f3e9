package dev.floe.worker.files;

/** Text from files, made safe to print within one line of a terminal or a log. */
public final class OneLine {
  private static final int LONGEST_NAME = 120;

  private OneLine() {}

  /** The text with every control character, line breaks too, replaced by a space. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().map(c -> isPrintable(c) ? c : ' ').forEach(line::appendCodePoint);
    return line.toString();
  }

  /** A name that a file made up, in quotes; the middle of a very long one is left out. */
  public static String quote(String name) {
    if (name.length() <= LONGEST_NAME) {
      return "\"" + of(name) + "\"";
    }
    int half = LONGEST_NAME / 2;
    return "\""
        + of(name.substring(0, half))
        + "…"
        + of(name.substring(name.length() - half))
        + "\"";
  }

  private static boolean isPrintable(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.FORMAT;
  }
}
