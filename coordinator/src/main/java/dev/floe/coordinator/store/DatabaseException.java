package dev.floe.coordinator.store;

/** A database server cannot be used; the message is one line for the user. */
public final class DatabaseException extends RuntimeException {
  DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
