package dev.floe.cli.rationales;

import dev.floe.worker.answer.Answer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether a teacher's output comes to the right answer, by the rule that evaluation has for
 * the task.
 *
 * @param pattern where the answer stands: its last match is read, the first group of it where it
 *     has one; null to read the whole output
 */
record Judge(Pattern pattern) {

  /** What one output is worth. */
  Outcome judge(TeacherLine line, Answer right) {
    if (line.output().isBlank()) {
      return Outcome.EMPTY;
    }
    if (line.cutOff()) {
      return Outcome.CUT_OFF;
    }
    String answer = pattern == null ? line.output() : lastMatch(line.output());
    if (answer == null || !right.isAttemptedBy(answer)) {
      return Outcome.NO_ANSWER;
    }
    return right.isGivenBy(answer) ? Outcome.KEPT : Outcome.WRONG_ANSWER;
  }

  private String lastMatch(String output) {
    Matcher matcher = pattern.matcher(output);
    String last = null;
    while (matcher.find()) {
      last = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    }
    return last;
  }
}
