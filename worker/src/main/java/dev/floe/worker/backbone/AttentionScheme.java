package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.config.BackboneConfig;
import java.util.List;

/**
 * How an architecture's attention tells positions apart: by rotating queries and keys, by a bias on
 * scores, or not at all where positions are in the embedding. The tensors belong to the backbone.
 *
 * @param frequencies none, or the rotary embedding's
 * @param interleaved whether a rotated pair is two neighbours, or stands half the rotated
 *     dimensions apart
 * @param slopes none, or alibi's slope of each head
 */
record AttentionScheme(
    int layers,
    int heads,
    int keyValueHeads,
    int headDimension,
    List<RotaryFrequencies> frequencies,
    boolean interleaved,
    List<NDArray> slopes) {

  static AttentionScheme plain(BackboneConfig config) {
    return of(config, List.of(), false, List.of());
  }

  static AttentionScheme rotary(
      BackboneConfig config, RotaryFrequencies frequencies, boolean interleaved) {
    return of(config, List.of(frequencies), interleaved, List.of());
  }

  static AttentionScheme alibi(BackboneConfig config, NDArray slopes) {
    return of(config, List.of(), false, List.of(slopes));
  }

  private static AttentionScheme of(
      BackboneConfig config,
      List<RotaryFrequencies> frequencies,
      boolean interleaved,
      List<NDArray> slopes) {
    return new AttentionScheme(
        config.layers(),
        config.heads(),
        config.keyValueHeads(),
        config.headDimension(),
        frequencies,
        interleaved,
        slopes);
  }
}
