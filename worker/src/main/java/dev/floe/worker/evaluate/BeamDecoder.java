package dev.floe.worker.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.KeyValueCache;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Beam search over many prompts at once with a key-value cache, giving what transformers gives
 * without early stopping. Every running hypothesis is a row of the batch; a prompt's rows leave it
 * when no hypothesis can get better.
 */
public final class BeamDecoder {
  private final NDManager manager;
  private final Kernels kernels;
  private final Decoder decoder;
  private final int vocabulary;
  private final int beams;
  private final double lengthPenalty;
  private final Set<Integer> endTokens;

  /**
   * @param beams hypotheses per prompt
   * @param lengthPenalty exponent of the length that a summed log-probability is divided by
   * @param endTokens tokens that end a hypothesis; empty to go on to the limit
   */
  public BeamDecoder(
      Backbone backbone, Decoder decoder, int beams, double lengthPenalty, Set<Integer> endTokens) {
    this.manager = backbone.manager();
    this.kernels = backbone.kernels();
    this.decoder = decoder;
    this.vocabulary = backbone.config().vocabulary();
    this.beams = beams;
    this.lengthPenalty = lengthPenalty;
    this.endTokens = Set.copyOf(endTokens);
    if (beams < 1) {
      throw new IllegalArgumentException("beams must be >= 1, got " + beams);
    }
    int candidates = rules(1).candidates();
    if (candidates > vocabulary) {
      throw new IllegalArgumentException(
          "%d beams compare %d tokens, more than the vocabulary's %d"
              .formatted(beams, candidates, vocabulary));
    }
  }

  private Beams.Rules rules(int maxNewTokens) {
    return new Beams.Rules(beams, lengthPenalty, maxNewTokens, endTokens);
  }

  /**
   * Continues each prompt by its best hypothesis.
   *
   * @param prompts token ids; all of them make one batch
   * @param maxNewTokens longest continuation, at least 1
   * @param stop asked before each token; when true, the best so far is returned
   * @return the continuations in the prompts' order, without the end token
   */
  public List<int[]> generate(List<int[]> prompts, int maxNewTokens, BooleanSupplier stop) {
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    Batch batch = new Batch(prompts, rules(maxNewTokens));
    try (GradMode mode = GradMode.off();
        NDManager scope = manager.newSubManager();
        KeyValueCache cache = decoder.newCache(scope, prompts.size(), longest + maxNewTokens)) {
      prefill(scope, prompts, batch, cache);
      while (!batch.done() && !stop.getAsBoolean()) {
        step(scope, batch, cache);
      }
    }
    return batch.best();
  }

  private void prefill(NDManager parent, List<int[]> prompts, Batch batch, KeyValueCache cache) {
    try (NDManager scope = parent.newSubManager()) {
      PackedBatch packed = PackedBatch.ofPrompts(scope, prompts);
      NDArray hidden = decoder.prefill(scope, packed, cache);
      advance(scope, batch, hidden, packed.picks(), cache);
    }
  }

  private void step(NDManager parent, Batch batch, KeyValueCache cache) {
    try (NDManager scope = parent.newSubManager()) {
      NDArray hidden = decoder.step(scope, batch.lastTokens(), batch.positions(), cache);
      NDArray all = scope.create(IntStream.range(0, batch.rows()).asLongStream().toArray());
      advance(scope, batch, hidden, all, cache);
    }
  }

  private void advance(
      NDManager scope, Batch batch, NDArray hidden, NDArray picks, KeyValueCache cache) {
    NDArray scores = scope.create(FloatBuffer.wrap(batch.scores()), batch.shape());
    NDArray[] best =
        kernels
            .tokens()
            .bestContinuations(
                scope,
                hidden,
                picks,
                decoder.head(),
                decoder.headBias(),
                scores,
                batch.rules.candidates());
    int[] kept = batch.advance(best[0].toFloatArray(), best[1].toLongArray());
    boolean moved = !Arrays.equals(kept, IntStream.range(0, batch.rowsBefore).toArray());
    if (moved && !batch.done()) {
      cache.retain(kept);
    }
  }

  /** The prompts that are still being continued; each has as many rows as the others. */
  private final class Batch {
    private final Beams.Rules rules;
    private final int[] promptLengths;
    private final List<Beams> all = new ArrayList<>();

    /** Indices of the prompts in the batch. */
    private int[] open;

    private int rowsBefore;

    Batch(List<int[]> prompts, Beams.Rules rules) {
      this.rules = rules;
      promptLengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
      open = IntStream.range(0, promptLengths.length).toArray();
      prompts.forEach(prompt -> all.add(new Beams(rules)));
    }

    /**
     * Takes the best continuations of every open prompt.
     *
     * @return for each row of the next step, the row that it continues
     */
    int[] advance(float[] scores, long[] places) {
      int count = rules.candidates();
      rowsBefore = rows();
      List<int[]> kept = new ArrayList<>();
      int firstRow = 0;
      for (int i = 0; i < open.length; i++) {
        Beams prompt = all.get(open[i]);
        int first = firstRow;
        firstRow += prompt.size();
        prompt.advance(
            Arrays.copyOfRange(scores, i * count, (i + 1) * count),
            Arrays.copyOfRange(places, i * count, (i + 1) * count),
            vocabulary);
        if (!prompt.done()) {
          kept.add(Arrays.stream(prompt.parents()).map(beam -> first + beam).toArray());
        }
      }
      open = Arrays.stream(open).filter(index -> !all.get(index).done()).toArray();
      return kept.stream().flatMapToInt(Arrays::stream).toArray();
    }

    boolean done() {
      return open.length == 0;
    }

    int rows() {
      return Arrays.stream(open).map(index -> all.get(index).size()).sum();
    }

    Shape shape() {
      return new Shape(open.length, rows() / open.length);
    }

    float[] scores() {
      float[] scores = new float[rows()];
      int row = 0;
      for (int index : open) {
        float[] own = all.get(index).scores();
        System.arraycopy(own, 0, scores, row, own.length);
        row += own.length;
      }
      return scores;
    }

    long[] lastTokens() {
      return Arrays.stream(open)
          .flatMap(index -> Arrays.stream(all.get(index).lastTokens()))
          .asLongStream()
          .toArray();
    }

    /** Where each row's last token stands. */
    long[] positions() {
      return Arrays.stream(open)
          .flatMap(
              index -> {
                Beams prompt = all.get(index);
                int last = promptLengths[index] + prompt.length() - 1;
                return IntStream.range(0, prompt.size()).map(beam -> last);
              })
          .asLongStream()
          .toArray();
    }

    List<int[]> best() {
      return all.stream().map(Beams::best).toList();
    }
  }
}
