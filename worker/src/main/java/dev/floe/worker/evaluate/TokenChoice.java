package dev.floe.worker.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.Sampling;
import dev.floe.worker.backbone.SlicedDecoder;
import dev.floe.worker.kernel.Kernels;
import java.util.List;

/** How the next token of each row of a batch is chosen. */
@FunctionalInterface
interface TokenChoice {

  /**
   * The rows' next tokens.
   *
   * @param hidden hidden states, {@code [N, hidden]}
   * @param picks which of them are of the rows' last tokens, {@code [R]}
   */
  long[] next(NDManager scope, NDArray hidden, NDArray picks, List<DecodeRow> rows);

  /** The most likely token. */
  static TokenChoice greedy(Kernels kernels, SlicedDecoder decoder) {
    return (scope, hidden, picks, rows) ->
        kernels
            .tokens()
            .choose(scope, hidden, picks, decoder.head(), decoder.headBias())
            .toLongArray();
  }

  /** A token that is drawn. */
  static TokenChoice sampling(Kernels kernels, SlicedDecoder decoder, Sampling sampling) {
    return (scope, hidden, picks, rows) -> {
      double[] draws =
          rows.stream().mapToDouble(row -> draw(sampling.seed(), row.id(), row.length())).toArray();
      return kernels
          .tokens()
          .sample(
              scope,
              hidden,
              picks,
              decoder.head(),
              decoder.headBias(),
              sampling.temperature(),
              sampling.topK(),
              sampling.topP(),
              scope.create(draws))
          .toLongArray();
    };
  }

  /** A number in [0, 1) that seed, row and position in its continuation make. */
  static double draw(long seed, int row, int position) {
    long mixed = mix(mix(mix(seed) + row) + position);
    return (mixed >>> 11) * 0x1.0p-53;
  }

  /** One step of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long state) {
    long mixed = state + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
