package dev.floe.worker.engine;

import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long a backbone takes for one more token of one row: the median over a few tokens behind the
 * prompt, which is not counted.
 */
final class DecodeLatency {
  private static final int TOKENS = 12;
  private static final int LONGEST_PROMPT = 32;

  private final Backbone backbone;
  private final int[] prompt;

  /**
   * Measures behind the start of a row.
   *
   * @param row token ids, at least one
   * @param virtualTokens that the job's adapter puts in front
   */
  DecodeLatency(Backbone backbone, int[] row, int virtualTokens) {
    this.backbone = backbone;
    int room = backbone.config().longestContext() - virtualTokens - TOKENS - 2;
    this.prompt =
        Arrays.copyOf(row, Math.min(row.length, Math.max(0, Math.min(LONGEST_PROMPT, room))));
  }

  /** Seconds per token; null when the backbone's context has no room for the measurement. */
  Double seconds(Attachment attachment) {
    if (prompt.length == 0) {
      return null;
    }
    List<Long> times = new ArrayList<>();
    Decoding decoding = new Decoding(TOKENS + 2, 1, null, List.of(), true);
    new Generator(backbone, backbone.decoder(attachment), null, decoding)
        .generate(
            List.of(prompt),
            () -> {
              times.add(System.nanoTime());
              return false;
            },
            done -> {});
    List<Long> taken = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      taken.add(times.get(i) - times.get(i - 1));
    }
    taken.sort(null);
    return taken.get(taken.size() / 2) / 1e9;
  }
}
