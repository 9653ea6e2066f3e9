package dev.floe.coordinator.store;

/** A data directory cannot be used; the message is one line for the user. */
public final class DataDirectoryException extends RuntimeException {
  DataDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
