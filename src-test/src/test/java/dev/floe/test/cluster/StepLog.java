package dev.floe.test.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The optimizer steps that a worker's processes did, oldest first, as their log tells. */
record StepLog(List<Step> steps) {
  private static final Pattern LINE = Pattern.compile("job (\\d+) did step (\\d+)");

  /** A job's step, counted from 1. */
  record Step(int job, int number) {}

  StepLog {
    steps = List.copyOf(steps);
  }

  static StepLog of(String log) {
    List<Step> steps = new ArrayList<>();
    Matcher line = LINE.matcher(log);
    while (line.find()) {
      steps.add(new Step(Integer.parseInt(line.group(1)), Integer.parseInt(line.group(2))));
    }
    return new StepLog(steps);
  }

  /** Where the worker is. */
  Optional<Step> last() {
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
  }
}
