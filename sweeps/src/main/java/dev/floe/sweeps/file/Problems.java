package dev.floe.sweeps.file;

import dev.floe.sweeps.check.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with one sweep file. */
final class Problems {
  private record Found(int line, Problem problem) {}

  private final String file;
  private final List<Found> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  /**
   * Adds one problem.
   *
   * @param key dotted path of the key; empty when none is meant
   * @param line 0 when it is not known
   */
  void add(String key, int line, String what) {
    String place = line > 0 ? file + ":" + line : file;
    String where = key.isEmpty() ? place : place + ": " + key;
    found.add(new Found(line, new Problem(where, what)));
  }

  boolean none() {
    return found.isEmpty();
  }

  void throwIfAny() throws SweepFileException {
    if (!none()) {
      throw new SweepFileException(
          found.stream().sorted(Comparator.comparingInt(Found::line)).map(Found::problem).toList());
    }
  }
}
