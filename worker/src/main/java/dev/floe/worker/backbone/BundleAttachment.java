package dev.floe.worker.backbone;

import java.util.List;

/** What several jobs put on the backbone together: each acts on its own slice of the tokens. */
final class BundleAttachment implements Attachment {
  private final List<Attachment> jobs;
  private final Slices slices;

  BundleAttachment(List<Attachment> jobs, Slices slices) {
    this.jobs = jobs;
    this.slices = slices;
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    return new SlicedLinear(module, linear, jobs, slices);
  }
}
