package dev.floe.worker.answer;

import dev.floe.protocol.job.Task;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a task's answers are read, as the reference code of the paper (arXiv 2304.01933) does it.
 * Nothing of it is cleverer than that code, or accuracies could not be compared.
 */
public enum AnswerRule {
  /** The last number of the text, commas left out, within 0.001 of the right one. */
  LAST_NUMBER(""),
  /** The first capital A to E of the text, even within a word. */
  LETTER("A|B|C|D|E"),
  /** The first of the words, in small letters, even within a word; so are the following. */
  TRUE_FALSE("true|false"),
  SOLUTIONS("solution1|solution2"),
  ANSWERS("answer1|answer2|answer3|answer4|answer5"),
  ENDINGS("ending1|ending2|ending3|ending4"),
  OPTIONS("option1|option2");

  private final Pattern labels;

  /**
   * @param labels what an answer may be, with bars between them; empty for numbers
   */
  AnswerRule(String labels) {
    this.labels = Pattern.compile(labels);
  }

  /** The rule of a task. */
  public static AnswerRule of(Task task) {
    return switch (task) {
      case GSM8K, SVAMP, MULTIARITH, ADDSUB, SINGLEEQ, MAWPS -> LAST_NUMBER;
      case AQUA -> LETTER;
      case BOOLQ -> TRUE_FALSE;
      case PIQA -> SOLUTIONS;
      case SIQA, ARC_E, ARC_C, OBQA -> ANSWERS;
      case HELLASWAG -> ENDINGS;
      case WINOGRANDE -> OPTIONS;
    };
  }

  /**
   * The answer that a data file's text stands for.
   *
   * @throws IllegalArgumentException the text is no answer of this kind; the message says what one
   *     is
   */
  public Answer answer(String gold) {
    if (this == LAST_NUMBER) {
      if (Answer.of(gold) instanceof Answer.Numeric number) {
        return number;
      }
      throw new IllegalArgumentException("a number");
    }
    if (!labels.matcher(gold.strip()).matches()) {
      throw new IllegalArgumentException("one of " + labels.pattern().replace("|", ", "));
    }
    return new Choice(gold.strip(), labels);
  }

  /** One of a few labels: the first one in the text counts. */
  private record Choice(String text, Pattern labels) implements Answer.OfTask {
    @Override
    public boolean isGivenBy(String generated) {
      Matcher first = labels.matcher(generated);
      return first.find() && first.group().equals(text);
    }

    @Override
    public boolean isAttemptedBy(String generated) {
      return labels.matcher(generated).find();
    }
  }
}
