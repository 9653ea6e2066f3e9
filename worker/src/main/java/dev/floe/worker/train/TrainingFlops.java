package dev.floe.worker.train;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.TargetModule;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.data.TrainingRow;

/**
 * Floating-point operations of training, counted as a model's, not as a processor's: a multiply-add
 * is two, attention is the full square of a row's own length, padding and recomputation do not
 * exist; norms, activations, the optimizer and validation are left out.
 *
 * <p>For a row of T tokens, V virtual ones in front, M labels; a layer with P weights in its
 * linears and heads of D features in all; L layers, A of them at or above the lowest adapted one;
 * hidden size H, vocabulary W; and S trained weights:
 *
 * <ul>
 *   <li>forward: {@code L · (2 · P · N + 4 · D · N · K)}, with N tokens that ask and K that are
 *       seen
 *   <li>backward to the inputs: {@code A · (2 · P · N + 8 · D · N · K)}
 *   <li>the head, at the labels: {@code 2 · H · W · M} forward, and as much backward
 *   <li>the adapter: {@code 6 · S · T}; nothing for the types with virtual tokens, whose weights
 *       are used once per pass and not per token
 *   <li>{@code full}: instead the gradients of the weights, {@code 2 · P · T} per layer and {@code
 *       2 · H · W · M} for the head
 * </ul>
 *
 * <p>A prompt makes N = K = T + V, a prefix N = T and K = T + V, all else N = K = T.
 */
record TrainingFlops(BackboneConfig config, AdapterSpec spec, int lowestLayer, long trained) {

  /** The count for a job's adapter. */
  static TrainingFlops of(BackboneConfig config, AdapterSpec spec, Adapter adapter) {
    return new TrainingFlops(
        config, spec, lowestLayer(config, spec, adapter), adapter.trainableParameters());
  }

  private static int lowestLayer(BackboneConfig config, AdapterSpec spec, Adapter adapter) {
    if (spec instanceof AdapterSpec.Full || spec.virtualTokens() > 0) {
      return 0;
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String path = config.layout().layerPath(layer) + ".";
      if (adapter.parameters().stream().map(Parameter::name).anyMatch(n -> n.startsWith(path))) {
        return layer;
      }
    }
    return config.layers();
  }

  /** One row's share of a step. */
  double row(TrainingRow row) {
    return row(row.tokens().length, row.labelled());
  }

  /** A row's share of a step, given its tokens and labels. */
  double row(long tokens, long labels) {
    int virtual = spec.virtualTokens();
    long asking = spec instanceof AdapterSpec.Prefix ? tokens : tokens + virtual;
    double linear = 2.0 * layerWeights() * asking;
    double attention = 4.0 * config.heads() * config.headDimension() * asking * (tokens + virtual);
    double head = 2.0 * headWeights() * labels;
    int above = config.layers() - lowestLayer;
    double forward = config.layers() * (linear + attention) + head;
    double backward = above * (linear + 2 * attention) + head;
    return forward + backward + own(tokens, head);
  }

  private double own(long tokens, double head) {
    if (spec instanceof AdapterSpec.Full) {
      return 2.0 * config.layers() * layerWeights() * tokens + head;
    }
    return spec.virtualTokens() > 0 ? 0 : 6.0 * trained * tokens;
  }

  private long layerWeights() {
    return config.layout().targets().stream().mapToLong(TrainingFlops::weights).sum();
  }

  private static long weights(TargetModule module) {
    return (long) module.in() * module.out();
  }

  /** The embedding's size: a tied head is the embedding, another has its shape. */
  private long headWeights() {
    return config.layout().weights().stream()
        .filter(slot -> slot.kind() == WeightSlot.Kind.EMBEDDING)
        .findFirst()
        .orElseThrow()
        .elements();
  }
}
