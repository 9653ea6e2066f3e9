package dev.floe.worker.files;

import java.io.IOException;

/** A file is not the JSON that it should be; the message is one line that names the file. */
public final class MalformedJsonException extends IOException {
  MalformedJsonException(String message) {
    super(OneLine.of(message));
  }

  MalformedJsonException(String message, Throwable cause) {
    super(OneLine.of(message), cause);
  }
}
