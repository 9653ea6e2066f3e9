package dev.floe.cli.quickstart;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The quickstart's task: word problems as rows of the paper's format, with a rationale that ends in
 * "The answer is N." The pairs of numbers of the test split never occur in the training split.
 */
final class WordProblems {
  private static final List<String> GAINS =
      List.of(
          "{n} had {x} {t}. Then {n} got {y} more {t}. How many {t} does {n} have now?",
          "{n} has {x} {t}. {m} gave {y} {t} to {n}. How many {t} does {n} have now?",
          "{n} had {x} {t} and found {y} more. How many {t} does {n} have in all?",
          "There were {x} {t} in the {p}. {n} bought {y} more {t}. How many {t} are there now?");
  private static final List<String> LOSSES =
      List.of(
          "{n} had {x} {t}. Then {n} lost {y} {t}. How many {t} does {n} have now?",
          "{n} has {x} {t}. {n} gave {y} {t} to {m}. How many {t} are left?",
          "{n} had {x} {t} and sold {y} {t}. How many {t} does {n} have now?",
          "There were {x} {t} in the {p}. {m} took {y} {t}. How many {t} are left?");

  private WordProblems() {}

  /** A problem of the data format of the LLM-Adapters paper. */
  record Problem(String instruction, String input, String output, String answer) {}

  static Problem any(SplittableRandom random, boolean test) {
    Numbers numbers = Numbers.ofSplit(random, test);
    Map<String, String> cast = Templates.cast(random);
    String question = Templates.one(numbers.isGain() ? GAINS : LOSSES, random);
    return new Problem(
        Templates.fill(question, cast, numbers),
        "",
        numbers.working() + ". The answer is " + numbers.result() + ".",
        Integer.toString(numbers.result()));
  }
}
