package dev.floe.worker.evaluate;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Scores a decoder on problems: continue each prompt, read the answer, compare. */
public final class Evaluator {
  private final Generator generator;

  public Evaluator(Generator generator) {
    this.generator = generator;
  }

  /**
   * What came of a set of problems.
   *
   * @param accuracy the share of the problems with a known answer that were answered right, in [0,
   *     1]; empty when no answer is known
   * @param generated tokens in all
   * @param seconds wall time of generating them
   */
  public record Score(OptionalDouble accuracy, long generated, double seconds) {

    /** Generated tokens per second. */
    public double tokensPerSecond() {
      return generated / seconds;
    }
  }

  /**
   * Continues all prompts and compares the answers.
   *
   * @param stop asked between tokens; when true the result means nothing
   * @param done told how many problems have been answered so far
   */
  public Score score(List<Problem> problems, BooleanSupplier stop, IntConsumer done) {
    return scores(problems, DecodeWatch.ofOne(stop, done)).get(0);
  }

  /**
   * Scores each of the generator's adapters on all problems. The time of a batch is divided by the
   * tokens that came of it for each, so all of them have the batch's tokens per second.
   */
  public List<Score> scores(List<Problem> problems, DecodeWatch watch) {
    long start = System.nanoTime();
    List<List<Continuation>> continuations =
        generator.generate(problems.stream().map(Problem::prompt).toList(), watch);
    double seconds = (System.nanoTime() - start) / 1e9;
    long all = continuations.stream().mapToLong(Evaluator::tokens).sum();
    return continuations.stream()
        .map(own -> score(problems, own, all == 0 ? seconds : seconds * tokens(own) / all))
        .toList();
  }

  private static long tokens(List<Continuation> continuations) {
    return continuations.stream().mapToLong(own -> own.tokens().length).sum();
  }

  private static Score score(
      List<Problem> problems, List<Continuation> continuations, double seconds) {
    int known = 0;
    int right = 0;
    for (int i = 0; i < problems.size(); i++) {
      Problem problem = problems.get(i);
      Continuation continuation = continuations.get(i);
      if (problem.answer() != null) {
        known++;
        right += problem.answer().isGivenBy(continuation.text()) ? 1 : 0;
      }
    }
    OptionalDouble accuracy =
        known == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / known);
    return new Score(accuracy, tokens(continuations), seconds);
  }
}
