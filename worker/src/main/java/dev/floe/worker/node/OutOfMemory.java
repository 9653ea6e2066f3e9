package dev.floe.worker.node;

import java.util.List;
import java.util.Locale;

/** Tells a device or heap that is full from other failures. */
public final class OutOfMemory {
  /** What libtorch's allocators say; it has no exception type that survives the native border. */
  private static final List<String> NATIVE_PHRASES =
      List.of("out of memory", "can't allocate memory", "not enough memory");

  private OutOfMemory() {}

  /** Whether it says that memory ran out, or was caused by what says so. */
  public static boolean isReason(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError || saysSo(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  private static boolean saysSo(String message) {
    if (message == null) {
      return false;
    }
    String lower = message.toLowerCase(Locale.ROOT);
    return NATIVE_PHRASES.stream().anyMatch(lower::contains);
  }
}
