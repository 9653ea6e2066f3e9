package dev.floe.cli;

/**
 * Something that the user gave cannot be used. The message is one line: what, where, what to do.
 */
public final class BadInputException extends Exception {
  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
