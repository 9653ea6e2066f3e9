package dev.floe.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.List;

/**
 * Forward and backward over a micro-batch. Gradients add up in the adapter's parameters until the
 * optimizer takes them.
 */
public final class GradientPass {
  private final NDManager manager;
  private final Kernels kernels;
  private final Decoder decoder;

  public GradientPass(Backbone backbone, Decoder decoder) {
    this.manager = backbone.manager();
    this.kernels = backbone.kernels();
    this.decoder = decoder;
  }

  /**
   * Adds the micro-batch's share of the gradient of the batch's mean loss.
   *
   * @param rows of the micro-batch
   * @param labelled labelled tokens of the whole batch, which the mean is over
   * @return the micro-batch's share of the mean loss
   */
  public double accumulate(List<TrainingRow> rows, int labelled) {
    try (NDManager scope = manager.newSubManager();
        GradMode mode = GradMode.recording()) {
      PackedBatch batch = PackedBatch.of(scope, rows);
      if (batch.labelled() == 0) {
        return 0;
      }
      NDArray sum = sum(scope, batch);
      NDArray share = scope.full(new Shape(), 1f / labelled);
      JniUtils.backward((PtNDArray) sum, (PtNDArray) share, false, false);
      return sum.getFloat() / (double) labelled;
    }
  }

  /** Mean loss over the rows' labelled tokens, without a gradient. */
  public double loss(List<TrainingRow> rows) {
    try (NDManager scope = manager.newSubManager();
        GradMode mode = GradMode.off()) {
      PackedBatch batch = PackedBatch.of(scope, rows);
      return sum(scope, batch).getFloat() / (double) batch.labelled();
    }
  }

  private NDArray sum(NDManager scope, PackedBatch batch) {
    NDArray hidden = decoder.forward(scope, batch);
    return kernels.labelLoss(
        scope, hidden, batch.picks(), batch.labels(), decoder.head(), decoder.headBias());
  }
}
