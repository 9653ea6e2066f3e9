package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer's whole MLP as a bundle of jobs sees it: it reads all tokens at once, and what a job puts
 * beside it reads and changes the job's own slice.
 */
final class SlicedBlock implements Projection {
  private final Kernels kernels;
  private final String block;
  private final Projection mlp;
  private final List<Attachment> jobs;
  private final Slices slices;

  SlicedBlock(Kernels kernels, String block, Projection mlp, List<Attachment> jobs, Slices slices) {
    this.kernels = kernels;
    this.block = block;
    this.mlp = mlp;
    this.jobs = jobs;
    this.slices = slices;
  }

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    NDArray y = mlp.apply(scope, x);
    List<NDArray> parts = new ArrayList<>();
    int from = 0;
    for (int job = 0; job < jobs.size(); job++) {
      int to = from + slices.size(job);
      if (from == to) {
        continue;
      }
      NDArray slice = kernels.rows().rowsOf(scope, y, from, to);
      Projection given = (inner, read) -> slice;
      Projection own = jobs.get(job).mlp(block, given);
      parts.add(own == given ? slice : own.apply(scope, kernels.rows().rowsOf(scope, x, from, to)));
      from = to;
    }
    return kernels.rows().endToEnd(scope, parts);
  }
}
