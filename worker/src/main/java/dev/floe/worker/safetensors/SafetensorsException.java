package dev.floe.worker.safetensors;

import dev.floe.worker.files.OneLine;
import java.io.IOException;

/**
 * A weight file is damaged, missing or of a kind that is not read; the message is one line that
 * names the file, the tensor where there is one, and what to do.
 */
public final class SafetensorsException extends IOException {
  public SafetensorsException(String message) {
    super(OneLine.of(message));
  }

  public SafetensorsException(String message, Throwable cause) {
    super(OneLine.of(message), cause);
  }
}
