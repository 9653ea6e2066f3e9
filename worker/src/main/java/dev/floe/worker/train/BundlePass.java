package dev.floe.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.BundleDecoder;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Forward and backward over a micro-batch of each of several jobs at once. Each job's loss reaches
 * its own parameters alone; a loss that is not a number stays its job's.
 */
final class BundlePass {
  private final NDManager manager;
  private final Kernels kernels;
  private final List<Adapter> adapters;
  private final BundleDecoder decoder;

  BundlePass(Backbone backbone, List<Adapter> adapters) {
    this.manager = backbone.manager();
    this.kernels = backbone.kernels();
    this.adapters = List.copyOf(adapters);
    this.decoder = backbone.bundle(adapters);
  }

  /**
   * Adds each micro-batch's share of its batch's gradient.
   *
   * @param batches of the adapters, in their order, each with a labelled token
   * @return each micro-batch's share of its batch's mean loss
   */
  double[] accumulate(List<MicroBatch> batches) {
    for (int job = 0; job < adapters.size(); job++) {
      adapters.get(job).startPass(batches.get(job).seed());
    }
    JniUtils.setSeed(batches.get(0).seed());
    try (NDManager scope = manager.newSubManager();
        GradMode mode = GradMode.recording()) {
      List<NDArray> sums = new ArrayList<>();
      for (BundleDecoder.Output output :
          decoder.forward(scope, batches.stream().map(MicroBatch::rows).toList())) {
        sums.add(
            kernels
                .tokens()
                .labelLoss(
                    scope,
                    output.hidden(),
                    output.batch().picks(),
                    output.batch().labels(),
                    decoder.head(),
                    decoder.headBias()));
      }
      backward(scope, sums, batches);
      double[] shares = new double[sums.size()];
      for (int job = 0; job < shares.length; job++) {
        shares[job] = sums.get(job).getFloat() / (double) batches.get(job).labelled();
      }
      return shares;
    }
  }

  private static void backward(NDManager scope, List<NDArray> sums, List<MicroBatch> batches) {
    NDArray total = null;
    for (int job = 0; job < sums.size(); job++) {
      NDArray share = sums.get(job).mul(1f / batches.get(job).labelled());
      share.attach(scope);
      total = total == null ? share : total.add(share);
      total.attach(scope);
    }
    NDArray one = scope.ones(new Shape());
    JniUtils.backward((PtNDArray) total, (PtNDArray) one, false, false);
  }
}
