package dev.floe.protocol.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A count as people write it: sums of products of whole numbers, names and sums in parentheses,
 * such as {@code r (in + out) + 1}. Factors stand beside each other.
 *
 * @param text the formula
 */
public record Formula(String text) {
  private static final Pattern TOKEN = Pattern.compile("\\s*([A-Za-z]+|[0-9]+|[+()])");

  /** Checks that the text has the form. */
  public Formula {
    new Parser(text, Map.of(), true).value();
  }

  /**
   * What it comes to.
   *
   * @param values of the names in it
   * @throws IllegalArgumentException when a name has no value
   */
  public long evaluate(Map<String, Long> values) {
    return new Parser(text, values, false).value();
  }

  @Override
  public String toString() {
    return text;
  }

  /** Recursive descent: a sum of products of factors. */
  private static final class Parser {
    private final String text;
    private final Map<String, Long> values;
    private final boolean namesMayLackValues;
    private final List<String> tokens = new ArrayList<>();
    private int at;

    Parser(String text, Map<String, Long> values, boolean namesMayLackValues) {
      this.text = text;
      this.values = values;
      this.namesMayLackValues = namesMayLackValues;
      Matcher matcher = TOKEN.matcher(text);
      int end = 0;
      while (matcher.find() && matcher.start() == end) {
        tokens.add(matcher.group(1));
        end = matcher.end();
      }
      if (end != text.length()) {
        throw malformed();
      }
    }

    long value() {
      long sum = sum();
      if (at != tokens.size()) {
        throw malformed();
      }
      return sum;
    }

    private long sum() {
      long sum = product();
      while (next("+")) {
        sum = Math.addExact(sum, product());
      }
      return sum;
    }

    private long product() {
      long product = factor();
      while (at < tokens.size() && !tokens.get(at).equals("+") && !tokens.get(at).equals(")")) {
        product = Math.multiplyExact(product, factor());
      }
      return product;
    }

    private long factor() {
      if (next("(")) {
        long sum = sum();
        if (!next(")")) {
          throw malformed();
        }
        return sum;
      }
      if (at == tokens.size() || tokens.get(at).equals("+") || tokens.get(at).equals(")")) {
        throw malformed();
      }
      String token = tokens.get(at++);
      return Character.isDigit(token.charAt(0)) ? Long.parseLong(token) : named(token);
    }

    private long named(String name) {
      Long value = values.get(name);
      if (value == null && !namesMayLackValues) {
        throw new IllegalArgumentException("the formula " + text + " needs a value of " + name);
      }
      return value == null ? 1 : value;
    }

    private boolean next(String token) {
      boolean is = at < tokens.size() && tokens.get(at).equals(token);
      at += is ? 1 : 0;
      return is;
    }

    private IllegalArgumentException malformed() {
      return new IllegalArgumentException("no formula: " + text);
    }
  }
}
