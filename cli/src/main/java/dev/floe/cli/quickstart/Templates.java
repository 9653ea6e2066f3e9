package dev.floe.cli.quickstart;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the slots of a sentence: {n} and {m} people, {t} a thing, {x} {y} {z} numbers, … */
final class Templates {
  private static final Pattern SLOT = Pattern.compile("\\{([a-z])}");

  private Templates() {}

  /** Two different people, a thing, a place and a look. */
  static Map<String, String> cast(SplittableRandom random) {
    Map<String, String> cast = new HashMap<>();
    int first = random.nextInt(Stories.NAMES.size());
    int second = random.nextInt(Stories.NAMES.size() - 1);
    cast.put("n", Stories.NAMES.get(first));
    cast.put("m", Stories.NAMES.get(second < first ? second : second + 1));
    cast.put("t", one(Stories.THINGS, random));
    cast.put("p", one(Stories.PLACES, random));
    cast.put("j", one(Stories.LOOKS, random));
    return cast;
  }

  static String one(List<String> choices, SplittableRandom random) {
    return choices.get(random.nextInt(choices.size()));
  }

  /**
   * Fills a sentence.
   *
   * @param numbers may be null for a sentence without any
   */
  static String fill(String sentence, Map<String, String> cast, Numbers numbers) {
    return SLOT.matcher(sentence)
        .replaceAll(slot -> Matcher.quoteReplacement(value(slot.group(1), cast, numbers)));
  }

  private static String value(String slot, Map<String, String> cast, Numbers numbers) {
    return switch (slot) {
      case "x" -> Integer.toString(numbers.first());
      case "y" -> Integer.toString(numbers.second());
      case "z" -> Integer.toString(numbers.result());
      default -> cast.get(slot);
    };
  }
}
