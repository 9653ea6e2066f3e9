package dev.floe.cli.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The most memory that a device's process may have for what it computes: all that it allocates, in
 * Java and in libtorch, but not the files that it maps. The kernel refuses what would be more
 * ({@code RLIMIT_DATA}), so the process can act on it before the machine is full.
 *
 * @param bytes at least {@link #LEAST}
 */
record MemoryLimit(long bytes) {
  /** Below this, Java and libtorch have no room for themselves. */
  static final long LEAST = 512L << 20;

  private static final Pattern WRITTEN =
      Pattern.compile("(\\d{1,7})([mg])", Pattern.CASE_INSENSITIVE);

  MemoryLimit {
    if (bytes < LEAST) {
      throw new IllegalArgumentException(
          "must be at least " + (LEAST >> 20) + "m, got " + (bytes >> 20) + "m");
    }
  }

  /**
   * Reads a size such as {@code 1500m} or {@code 6g}, in powers of 1024.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static MemoryLimit parse(String size) {
    Matcher matcher = WRITTEN.matcher(size);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be a size such as 1500m or 6g, got '" + size + "'");
    }
    int shift = matcher.group(2).toLowerCase(Locale.ROOT).equals("g") ? 30 : 20;
    return new MemoryLimit(Long.parseLong(matcher.group(1)) << shift);
  }

  /** For the command line's Java: its heap is sized as on a machine that has no more memory. */
  String javaOption() {
    return "-XX:MaxRAM=" + bytes;
  }

  /** The command, to be run under the limit; the process keeps its id. */
  List<String> around(List<String> command) {
    List<String> limited = new ArrayList<>();
    limited.addAll(List.of("/bin/sh", "-c", "ulimit -d \"$0\" && exec \"$@\""));
    limited.add(String.valueOf(bytes >> 10));
    limited.addAll(command);
    return limited;
  }
}
