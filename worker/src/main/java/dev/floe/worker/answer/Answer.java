package dev.floe.worker.answer;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** The right answer of an evaluation row, and whether a generated text gives it. */
public sealed interface Answer {

  /** Whether the text that was generated for the row gives this answer. */
  boolean isGivenBy(String generated);

  /** Whether an answer of this kind can be read from the text, right or wrong. */
  boolean isAttemptedBy(String generated);

  /** An answer that is read as a task has it. */
  non-sealed interface OfTask extends Answer {}

  /** The answer that a data file's text stands for: a number if it is one, else a label. */
  static Answer of(String text) {
    String number = text.strip().replace(",", "");
    return Numeric.FORM.matcher(number).matches()
        ? new Numeric(Double.parseDouble(number))
        : new Label(text);
  }

  /** A number: the last one in the text must be within {@link #TOLERANCE} of it. */
  record Numeric(double value) implements Answer {
    /** How far the generated number may be off, as in the paper. */
    public static final double TOLERANCE = 0.001;

    private static final Pattern FORM =
        Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    @Override
    public boolean isGivenBy(String generated) {
      OptionalDouble predicted = AnswerExtractor.lastNumber(generated);
      return predicted.isPresent() && Math.abs(predicted.getAsDouble() - value) <= TOLERANCE;
    }

    @Override
    public boolean isAttemptedBy(String generated) {
      return AnswerExtractor.lastNumber(generated).isPresent();
    }
  }

  /**
   * A letter, word or phrase, such as {@code B} or {@code true}: the text must end with it, as
   * whole words; case and what stands after the last letter or digit do not count.
   */
  record Label(String text) implements Answer {
    @Override
    public boolean isGivenBy(String generated) {
      String given = normalize(generated);
      String expected = normalize(text);
      int start = given.length() - expected.length();
      return given.endsWith(expected)
          && (start == 0 || !Character.isLetterOrDigit(given.charAt(start - 1)));
    }

    @Override
    public boolean isAttemptedBy(String generated) {
      return generated.chars().anyMatch(Character::isLetterOrDigit);
    }

    private static String normalize(String text) {
      int end = text.length();
      while (end > 0 && !Character.isLetterOrDigit(text.charAt(end - 1))) {
        end--;
      }
      String words = end == 0 ? text : text.substring(0, end);
      return words.strip().toLowerCase(Locale.ROOT);
    }
  }
}
