package dev.floe.worker.evaluate;

import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.data.TextTokenizer;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Scores a decoder on problems with a known answer: decode greedily, read the answer, compare. */
public final class Evaluator {
  /** Rows of one decode batch. On a CPU more rows gain nothing. */
  private static final int BATCH = 64;

  private final GreedyDecoder greedy;
  private final TextTokenizer tokenizer;
  private final int maxNewTokens;

  public Evaluator(Backbone backbone, Decoder decoder, TextTokenizer tokenizer, int maxNewTokens) {
    this.greedy =
        new GreedyDecoder(
            backbone, decoder, new HashSet<>(backbone.config().specialTokens().eos()));
    this.tokenizer = tokenizer;
    this.maxNewTokens = maxNewTokens;
  }

  /**
   * The share of problems that are answered right, in [0, 1].
   *
   * @param stop asked between tokens; when true the result means nothing
   * @param done told how many problems have been answered so far
   */
  public double accuracy(List<Problem> problems, BooleanSupplier stop, IntConsumer done) {
    List<Problem> byLength =
        problems.stream()
            .sorted(Comparator.comparingInt(problem -> problem.prompt().length))
            .toList();
    int right = 0;
    for (int from = 0; from < byLength.size() && !stop.getAsBoolean(); from += BATCH) {
      List<Problem> batch = byLength.subList(from, Math.min(from + BATCH, byLength.size()));
      right += right(batch, stop);
      done.accept(from + batch.size());
    }
    return (double) right / problems.size();
  }

  private int right(List<Problem> batch, BooleanSupplier stop) {
    List<int[]> prompts = batch.stream().map(Problem::prompt).toList();
    List<int[]> continuations = greedy.generate(prompts, maxNewTokens, stop);
    int right = 0;
    for (int i = 0; i < batch.size(); i++) {
      if (batch.get(i).answer().isGivenBy(tokenizer.decode(continuations.get(i), true))) {
        right++;
      }
    }
    return right;
  }
}
