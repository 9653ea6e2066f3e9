package dev.floe.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.ExplicitGradient;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Optional;

/**
 * Forward and backward over a micro-batch. Gradients add up in the adapter's parameters until the
 * optimizer takes them.
 */
public final class GradientPass {
  private final NDManager manager;
  private final Kernels kernels;
  private final Decoder decoder;
  private final Optional<ExplicitGradient> explicit;

  /** Gradients with what is fastest: without recording a graph where that can be. */
  public GradientPass(Backbone backbone, Decoder decoder) {
    this.manager = backbone.manager();
    this.kernels = backbone.kernels();
    this.decoder = decoder;
    this.explicit = decoder.explicitGradient();
  }

  /**
   * Adds the micro-batch's share of the gradient of the batch's mean loss.
   *
   * @param rows of the micro-batch
   * @param labelled labelled tokens of the whole batch, which the mean is over
   * @param seed of dropout where no graph is recorded
   * @return the micro-batch's share of the mean loss
   */
  public double accumulate(List<TrainingRow> rows, int labelled, long seed) {
    return isExplicit() ? add(share(rows, labelled, seed)) : accumulateRecorded(rows, labelled);
  }

  /** Whether {@link #share} can be used: no graph has to be recorded. */
  boolean isExplicit() {
    return explicit.isPresent();
  }

  /** Whether {@link #share} drops anything at random. */
  boolean drops() {
    return explicit.map(ExplicitGradient::drops).orElse(false);
  }

  /**
   * A micro-batch's share of the batch's mean loss and of its gradient.
   *
   * @param scope owner of the gradients
   */
  record Share(NDManager scope, double loss, List<NDArray> gradients) implements AutoCloseable {
    @Override
    public void close() {
      scope.close();
    }
  }

  /** Computes a share; changes nothing, so that several threads may. */
  Share share(List<TrainingRow> rows, int labelled, long seed) {
    NDManager scope = manager.newSubManager();
    try (NDManager inputs = manager.newSubManager()) {
      PackedBatch batch = PackedBatch.of(inputs, rows);
      if (batch.labelled() == 0) {
        return new Share(scope, 0, List.of());
      }
      ExplicitGradient.Result result =
          explicit.orElseThrow().run(scope, batch, 1.0 / labelled, seed);
      return new Share(scope, result.loss() / labelled, result.gradients());
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Adds a share to the gradients of the parameters, and frees it.
   *
   * @return the share of the loss
   */
  double add(Share share) {
    try (NDManager scope = share.scope) {
      List<NDArray> trained = explicit.orElseThrow().trained();
      for (int i = 0; i < share.gradients.size(); i++) {
        // the backward pass of a leaf is the sum with what it has already
        JniUtils.backward(
            (PtNDArray) trained.get(i), (PtNDArray) share.gradients.get(i), false, false);
      }
      return share.loss;
    }
  }

  /** As {@link #accumulate(List, int, long)}, with the seed 0. */
  public double accumulate(List<TrainingRow> rows, int labelled) {
    return accumulate(rows, labelled, 0);
  }

  /** With autograd, whatever the architecture and the adapter are. */
  double accumulateRecorded(List<TrainingRow> rows, int labelled) {
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
    return kernels
        .tokens()
        .labelLoss(
            scope, hidden, batch.picks(), batch.labels(), decoder.head(), decoder.headBias());
  }
}
