package dev.floe.sweeps.file;

import dev.floe.sweeps.check.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sweep file that cannot be used, with everything that is wrong with it. The message is one line
 * for one problem, else a line with their number and a line for each.
 */
public final class SweepFileException extends Exception {
  private final transient List<Problem> problems;

  public SweepFileException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** In the order in which they stand in the file; at least one. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    if (problems.size() == 1) {
      return problems.get(0).toString();
    }
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", problems.size() + " problems in the sweep file:", ""));
  }
}
