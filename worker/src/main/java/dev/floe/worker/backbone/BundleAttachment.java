package dev.floe.worker.backbone;

import dev.floe.worker.kernel.Kernels;
import java.util.List;

/** What several jobs put on the backbone together: each acts on its own slice of the tokens. */
final class BundleAttachment implements Attachment {
  private final Kernels kernels;
  private final List<Attachment> jobs;
  private final Slices slices;

  BundleAttachment(Kernels kernels, List<Attachment> jobs, Slices slices) {
    this.kernels = kernels;
    this.jobs = jobs;
    this.slices = slices;
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    return new SlicedLinear(module, linear, jobs, slices);
  }

  @Override
  public Projection mlp(String block, Projection mlp) {
    boolean changed = jobs.stream().anyMatch(job -> job.mlp(block, mlp) != mlp);
    return changed ? new SlicedBlock(kernels, block, mlp, jobs, slices) : mlp;
  }
}
