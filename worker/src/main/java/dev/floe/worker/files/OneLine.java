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
    return "\"" + shorten(name, LONGEST_NAME) + "\"";
  }

  /** The text on one line; the middle of what is longer than {@code longest} is left out. */
  public static String shorten(String text, int longest) {
    if (text.length() <= longest) {
      return of(text);
    }
    int half = longest / 2;
    return of(text.substring(0, half) + "…" + text.substring(text.length() - half));
  }

  private static boolean isPrintable(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.FORMAT;
  }
}
