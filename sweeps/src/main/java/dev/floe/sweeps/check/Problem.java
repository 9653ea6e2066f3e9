package dev.floe.sweeps.check;

/**
 * One thing that is wrong with a sweep.
 *
 * @param where the file with the line if it is known, and the key: {@code quickstart.yaml:12:
 *     adapter.rank}
 * @param what what is wrong there and what would be right
 */
public record Problem(String where, String what) {
  @Override
  public String toString() {
    return where + ": " + what;
  }
}
