package dev.floe.sweeps.file;

/**
 * A value that is not what its key takes. The message says what was expected and what was found.
 */
final class Unfit extends Exception {
  Unfit(String what) {
    super(what);
  }
}
