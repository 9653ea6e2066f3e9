package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers at the bottom of a backbone that no job of a bundle changes: what comes out of them is
 * the same for all jobs and in all epochs.
 *
 * <p>Every row runs by itself, so that its states are the same, bit for bit, whichever rows stand
 * beside it, and whether they were kept or are computed anew.
 */
final class FrozenPrefix {
  private final Kernels kernels;
  private final AttentionScheme scheme;
  private final LayerStack stack;
  private final int layers;
  private final PrefixStates kept;

  /**
   * @param stack the frozen backbone's
   * @param layers how many, from the bottom
   */
  FrozenPrefix(
      Kernels kernels, AttentionScheme scheme, LayerStack stack, int layers, PrefixStates kept) {
    this.kernels = kernels;
    this.scheme = scheme;
    this.stack = stack;
    this.layers = layers;
    this.kept = kept;
  }

  int layers() {
    return layers;
  }

  /**
   * The stream behind the prefix, without a graph.
   *
   * @param rows a row may stand there several times
   * @return {@code [N, hidden]}, rows laid end to end
   */
  NDArray states(NDManager scope, List<TrainingRow> rows) {
    try (GradMode mode = GradMode.off();
        NDManager inner = scope.newSubManager()) {
      List<NDArray> parts = new ArrayList<>();
      for (TrainingRow row : rows) {
        parts.add(kept.get(inner, row, layers, () -> compute(inner, row)));
      }
      NDArray all = kernels.rows().endToEnd(inner, parts);
      NDArray result = parts.size() == 1 ? all.duplicate() : all;
      result.attach(scope);
      return result;
    }
  }

  private NDArray compute(NDManager scope, TrainingRow row) {
    PackedBatch batch = PackedBatch.of(scope, List.of(row));
    Attention attention = new CausalAttention(kernels, scheme, Attachment.NONE).rows(scope, batch);
    NDArray vectors = kernels.embed(scope, batch.tokens(), stack.embedding());
    NDArray stream = stack.embed(scope, vectors, attention.positions());
    for (int layer = 0; layer < layers; layer++) {
      try (NDManager inner = scope.newSubManager()) {
        NDArray next = stack.layer(inner, layer, stream, attention);
        next.attach(scope);
        stream.close();
        stream = next;
      }
    }
    return stream;
  }
}
