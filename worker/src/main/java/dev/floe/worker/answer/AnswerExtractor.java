package dev.floe.worker.answer;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the answer out of generated text, as the paper does. */
public final class AnswerExtractor {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+\\.?\\d*");

  private AnswerExtractor() {}

  /** The last number in the text, once all commas are gone; empty when it has none. */
  public static OptionalDouble lastNumber(String text) {
    Matcher number = NUMBER.matcher(text.replace(",", ""));
    OptionalDouble last = OptionalDouble.empty();
    while (number.find()) {
      last = OptionalDouble.of(Double.parseDouble(number.group()));
    }
    return last;
  }
}
