package dev.floe.worker.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The most resident memory that this process has had since the last {@link #reset}: Java, libtorch,
 * the resident backbone and what allocators keep of earlier jobs, everything together. Only Linux
 * tells; elsewhere nothing is known.
 */
final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final String CLEAR_PEAK = "5";
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");
  private static final long KILOBYTE = 1024;

  private final boolean known;

  private PeakMemory(boolean known) {
    this.known = known;
  }

  /** Starts measuring: the peak is what is resident now. */
  static PeakMemory reset() {
    try {
      Files.writeString(CLEAR, CLEAR_PEAK);
      return new PeakMemory(true);
    } catch (IOException e) {
      return new PeakMemory(false);
    }
  }

  /** Bytes; null when the system does not tell. */
  Long bytes() throws IOException {
    if (!known) {
      return null;
    }
    Matcher peak = PEAK.matcher(Files.readString(STATUS));
    return peak.find() ? (Long) (Long.parseLong(peak.group(1)) * KILOBYTE) : null;
  }
}
