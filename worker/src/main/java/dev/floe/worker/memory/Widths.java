package dev.floe.worker.memory;

import dev.floe.protocol.backbone.LinearPart;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.LlamaConfig;

/**
 * A backbone's dimensions, in values per token, and what a value takes.
 *
 * @param queries width of all query heads
 * @param keys width of all key heads
 * @param inner width of the MLP
 * @param gated whether the MLP has a gate and norms are by root mean square: a LLaMA
 * @param value bytes of a value in the type of compute
 */
record Widths(
    int layers,
    int hidden,
    int heads,
    int queries,
    int keys,
    int inner,
    int vocabulary,
    boolean gated,
    int value) {

  static Widths of(BackboneConfig config, ComputeType type) {
    return new Widths(
        config.layers(),
        config.hidden(),
        config.heads(),
        config.heads() * config.headDimension(),
        config.keyValueHeads() * config.headDimension(),
        config.layout().targets().stream()
            .filter(target -> target.part() == LinearPart.MLP_INPUT)
            .mapToInt(target -> target.out())
            .max()
            .orElse(0),
        config.vocabulary(),
        config instanceof LlamaConfig,
        bytes(type));
  }

  /** Bytes of a value. */
  static int bytes(ComputeType type) {
    return type == ComputeType.BFLOAT16 ? Short.BYTES : Float.BYTES;
  }

  /** Width of queries, keys and values side by side. */
  int queryKeyValue() {
    return queries + 2 * keys;
  }
}
