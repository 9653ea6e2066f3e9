package dev.floe.worker;

import dev.floe.worker.files.OneLine;

/**
 * The job can never run as it was asked for: its backbone, its data or its settings are broken.
 * Retrying does not help; the message is one line for the user: what, where, what to do.
 */
public final class InvalidJobException extends RuntimeException {
  public InvalidJobException(String message) {
    super(OneLine.of(message));
  }

  public InvalidJobException(String message, Throwable cause) {
    super(OneLine.of(message), cause);
  }
}
