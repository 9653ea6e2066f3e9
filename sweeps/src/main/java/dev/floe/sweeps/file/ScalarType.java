package dev.floe.sweeps.file;

import dev.floe.sweeps.file.Node.Scalar;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** How a single value is read: one factory for each kind that the sweep language has. */
@FunctionalInterface
interface ScalarType<T> {
  Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,18}");
  Pattern DECIMAL = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  T parse(Node node) throws Unfit;

  /** The text of a single value; {@code expected} says in the complaint what it should be. */
  private static String text(Node node, String expected) throws Unfit {
    if (node instanceof Scalar scalar && scalar.text() != null) {
      return scalar.text();
    }
    throw unexpected(expected, node);
  }

  /** A whole number of at least {@code least}. */
  static ScalarType<Integer> whole(int least) {
    return node -> (int) wholeIn(node, least, Integer.MAX_VALUE);
  }

  /** A whole number that may be as large as seeds may be. */
  static ScalarType<Long> wholeLong(long least) {
    return node -> wholeIn(node, least, Long.MAX_VALUE);
  }

  private static long wholeIn(Node node, long least, long most) throws Unfit {
    String text = text(node, "a whole number");
    if (!WHOLE.matcher(text).matches()) {
      throw unexpected("a whole number", node);
    }
    long value = Long.parseLong(text);
    if (value < least) {
      throw new Unfit("must be >= " + least + ", got " + text);
    }
    if (value > most) {
      throw new Unfit("must be <= " + most + ", got " + text);
    }
    return value;
  }

  static ScalarType<Double> positive() {
    return decimal("a positive number", value -> value > 0);
  }

  static ScalarType<Double> notNegative() {
    return decimal("zero or more", value -> value >= 0);
  }

  static ScalarType<Double> probability() {
    return decimal("in [0, 1)", value -> value >= 0 && value < 1);
  }

  /** A share that is more than nothing. */
  static ScalarType<Double> share() {
    return decimal("in (0, 1]", value -> value > 0 && value <= 1);
  }

  /** A part: more than nothing, less than all. */
  static ScalarType<Double> part() {
    return decimal("in (0, 1)", value -> value > 0 && value < 1);
  }

  private static ScalarType<Double> decimal(String range, DoublePredicate within) {
    return node -> {
      String text = text(node, "a number");
      if (!DECIMAL.matcher(text).matches()) {
        throw unexpected("a number", node);
      }
      double value = Double.parseDouble(text);
      if (!within.test(value) || Double.isInfinite(value)) {
        throw new Unfit("must be " + range + ", got " + text);
      }
      return value + 0.0; // -0 becomes 0
    };
  }

  static ScalarType<Boolean> truth() {
    return node ->
        switch (text(node, "true or false").toLowerCase(Locale.ROOT)) {
          case "true" -> true;
          case "false" -> false;
          default -> throw unexpected("true or false", node);
        };
  }

  /** One of a few words, each standing for a constant. */
  static <E extends Enum<E>> ScalarType<E> choice(Class<E> type) {
    Map<String, E> constants = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    String expected = "one of " + String.join(", ", constants.keySet());
    return node -> {
      E constant = constants.get(text(node, expected));
      if (constant == null) {
        throw unexpected(expected, node);
      }
      return constant;
    };
  }

  /** A text that has something in it, and passes {@code fits}. */
  static ScalarType<String> text(String expected, Predicate<String> fits) {
    return node -> {
      String text = text(node, expected);
      if (text.isBlank() || !fits.test(text)) {
        throw unexpected(expected, node);
      }
      return text;
    };
  }

  /** A text of at least one character, white space included. */
  static ScalarType<String> notEmpty() {
    return node -> {
      String text = text(node, "a text");
      if (text.isEmpty()) {
        throw unexpected("a text", node);
      }
      return text;
    };
  }

  static Unfit unexpected(String expected, Node found) {
    return new Unfit("expected " + expected + ", found " + found.described());
  }
}
