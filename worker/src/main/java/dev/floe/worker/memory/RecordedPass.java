package dev.floe.worker.memory;

import dev.floe.protocol.backbone.LinearPart;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.backbone.LinearModule;

/**
 * Bytes of a pass that autograd records: what the kernels' operations keep for their backward
 * passes, layer by layer, and the logits of the labelled tokens.
 */
record RecordedPass(Widths widths, JobDemand job) {

  /**
   * The most of one pass.
   *
   * @param pass the rows of one job
   * @param jobs that have such rows in it
   */
  long bytes(PassShape pass, int jobs) {
    PassShape all = pass.times(jobs);
    int recorded = widths.layers() - job.frozenLayers();
    long layers = recorded * layer(all) + adapters(all);
    return stream(all) + layers + Math.max(head(pass, jobs), backward(all));
  }

  /** Token vectors, the last norm and the angles of the rotary embedding. */
  private long stream(PassShape pass) {
    long angles = 2 * pass.tokens() * (widths.queries() / widths.heads());
    return widths.value() * pass.tokens() * 2 * widths.hidden() + Float.BYTES * angles;
  }

  /** What a layer keeps whatever is adapted in it. */
  private long layer(PassShape pass) {
    // a norm by root mean square reads a float32 copy of a narrow stream
    int norm = widths.gated() ? Float.BYTES : widths.value();
    long norms = 2L * norm * pass.tokens() * widths.hidden();
    // queries, keys and values as wide as queries, and what is mixed, at the longest row's width
    long attention = 4 * (pass.cells() + keysBefore(pass)) * widths.queries();
    long mlp = pass.tokens() * widths.inner() * (widths.gated() ? 3 : 1);
    return norms + widths.value() * (attention + mlp);
  }

  private long keysBefore(PassShape pass) {
    return (long) pass.rows() * job.prefixTokens();
  }

  /** What adapted modules keep besides. */
  private long adapters(PassShape pass) {
    long values = 0;
    for (LinearModule module : job.adapted()) {
      values += keptBy(module, pass);
    }
    return widths.value() * pass.tokens() * values;
  }

  /** Values per token: the input where no other operation keeps it, and what is made of it. */
  private long keptBy(LinearModule module, PassShape pass) {
    AdapterSpec spec = job.adapter();
    if (spec instanceof AdapterSpec.Lora lora) {
      int lengths = lora.dora() ? 2 * module.out() : 0;
      return read(module, pass) + lora.rank() + lengths + dropped(module.in(), lora.dropout());
    }
    if (spec instanceof AdapterSpec.Ia3) {
      return module.target().part() == LinearPart.MLP_OUTPUT ? module.in() : module.out();
    }
    if (spec instanceof AdapterSpec.Series series) {
      return module.out() + 2L * series.bottleneck() + dropped(module.out(), series.dropout());
    }
    if (spec instanceof AdapterSpec.Parallel parallel) {
      return read(module, pass)
          + 2L * parallel.bottleneck()
          + dropped(module.in(), parallel.dropout());
    }
    return spec instanceof AdapterSpec.Full ? read(module, pass) : 0;
  }

  /** What dropout leaves, and its mask. */
  private static long dropped(int width, double dropout) {
    return dropout > 0 ? (long) width + width / Float.BYTES : 0;
  }

  /** The module's input; the first of those that read the same one answers for all. */
  private long read(LinearModule module, PassShape pass) {
    LinearPart part = module.target().part();
    if (part == LinearPart.ATTENTION_OUTPUT) {
      return pass.ragged() ? module.in() : 0;
    }
    boolean first =
        job.adapted().stream()
            .filter(other -> other.layer() == module.layer() && sameInput(other, module))
            .findFirst()
            .orElseThrow()
            .equals(module);
    return first ? module.in() : 0;
  }

  private static boolean sameInput(LinearModule one, LinearModule other) {
    LinearPart part = one.target().part();
    LinearPart otherPart = other.target().part();
    return part == otherPart || (readsNorm(part) && readsNorm(otherPart));
  }

  private static boolean readsNorm(LinearPart part) {
    return part.isAttention() && !part.isOutput();
  }

  /**
   * Log-softmax of every label's logits is kept, in float32; one job's gradients pass through two
   * more of that size.
   */
  private long head(PassShape pass, int jobs) {
    return Float.BYTES * pass.labels() * widths.vocabulary() * (jobs + 2L);
  }

  /** The gradients within the highest layer. */
  private long backward(PassShape pass) {
    return widths.value() * pass.tokens() * 3L * (widths.hidden() + widths.inner());
  }
}
