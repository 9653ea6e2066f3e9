package dev.floe.cli.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The text that the quickstart backbone is pre-trained on: plain sums, and plain little stories
 * that show their working. Nothing of it has the form of the paper's prompt.
 */
final class Stories {
  static final List<String> NAMES =
      words("Tom Mia Ben Ana Sam Lily Max Emma Jack Rosa Leo Nina Paul Ruth Omar Kate");
  static final List<String> THINGS =
      words(
          "apples pears books cards shells stones coins eggs pens toys cakes stars nuts balls"
              + " cups hats");
  static final List<String> PLACES = words("garden house school market park river shop barn");
  static final List<String> LOOKS = words("red blue green old new big small warm");

  private static final List<String> STARTS =
      List.of(
          "{n} had {x} {t}.",
          "{n} had {x} {t} in a box.",
          "There were {x} {t} in the {p}. {n} took them all.",
          "One day {n} had {x} {t}.",
          "{n} has {x} {t} at the {p}.");
  private static final List<String> GAINS =
      List.of(
          "Then {n} got {y} more {t}.",
          "{n} found {y} more {t}.",
          "{m} gave {y} {t} to {n}.",
          "{n} bought {y} more {t}.",
          "Then {n} got {y} {t} from {m}.");
  private static final List<String> LOSSES =
      List.of(
          "Then {n} lost {y} {t}.",
          "{n} gave {y} {t} to {m}.",
          "{n} sold {y} {t}.",
          "Then {m} took {y} {t} from {n}.",
          "{n} gave away {y} {t}.");
  private static final List<String> ASIDES =
      List.of(
          "It was a {j} day.",
          "The {p} was {j}.",
          "{m} was in the {p}.",
          "{m} went to the {p}.",
          "{n} liked the {p}.",
          "{n} was happy.",
          "The {t} were {j}.",
          "{n} and {m} went to the {p}.",
          "{m} saw the {j} {t}.",
          "The {t} were in a {j} box.",
          "{n} has a {j} hat.",
          "The sun was over the {p}.");
  private static final List<String> QUESTIONS =
      List.of(
          "How many {t} does {n} have now?",
          "How many {t} are left?",
          "How many {t} is that in all?");
  private static final List<String> ENDS =
      List.of("Now {n} has {z} {t}.", "So {n} has {z} {t} now.", "That is {z} {t}.");

  private static final double ASKS = 0.4;
  private static final double ASIDE_OF_THE_SAME = 0.6;
  private static final int LONGEST_ASIDES = 3;

  private final SplittableRandom random;

  Stories(SplittableRandom random) {
    this.random = random;
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  /** A sum such as {@code 12 + 30 = 42.} */
  String sum() {
    return Numbers.any(random).working() + ".";
  }

  /**
   * A story of two numbers. Asides between the numbers and the working teach to look back over a
   * distance, whatever stands between.
   */
  String story() {
    Numbers numbers = Numbers.any(random);
    Map<String, String> cast = Templates.cast(random);
    List<String> sentences = new ArrayList<>();
    sentences.add(Templates.fill(one(STARTS), cast, numbers));
    addAsides(sentences, cast, 1);
    sentences.add(Templates.fill(one(numbers.isGain() ? GAINS : LOSSES), cast, numbers));
    addAsides(sentences, cast, LONGEST_ASIDES);
    if (random.nextDouble() < ASKS) {
      sentences.add(Templates.fill(one(QUESTIONS), cast, numbers));
    }
    sentences.add(numbers.working() + ".");
    sentences.add(Templates.fill(one(ENDS), cast, numbers));
    return String.join(" ", sentences);
  }

  private void addAsides(List<String> sentences, Map<String, String> cast, int most) {
    int count = random.nextInt(most + 1);
    for (int i = 0; i < count; i++) {
      Map<String, String> others = Templates.cast(random);
      if (random.nextDouble() < ASIDE_OF_THE_SAME) {
        others.put("n", cast.get("n"));
        others.put("m", cast.get("m"));
      }
      sentences.add(Templates.fill(one(ASIDES), others, null));
    }
  }

  private String one(List<String> choices) {
    return Templates.one(choices, random);
  }
}
