package dev.floe.worker.memory;

import dev.floe.worker.backbone.LinearModule;

/**
 * Bytes of a pass through the kernels whose backward pass is written out: see {@code explicit.py}
 * and {@code LlamaGradient}. Nothing but the layers' tapes is kept.
 */
record ExplicitPass(Widths widths, JobDemand job) {
  /** Logits in memory at a time, as {@code LlamaGradient} has it. */
  private static final long LOGITS = 1 << 22;

  private static final long FEWEST_ROWS = 64;

  /** Logits and their log-softmax, which is float32 whatever the type of compute. */
  private static final int LOGIT_BYTES = 2 * Float.BYTES;

  /** The most of one pass. */
  long bytes(PassShape pass) {
    long tapes = widths.layers() * tape(pass) + masks(pass);
    long begin = widths.value() * pass.tokens() * widths.hidden() + inputs(pass);
    return begin + tapes + Math.max(top(pass), backward(pass));
  }

  /**
   * A layer's stream, two norms, the stream behind attention; queries, keys, values and what is
   * mixed; gate, up and silu; probabilities.
   */
  private long tape(PassShape pass) {
    long perToken =
        4L * widths.hidden() + widths.queryKeyValue() + widths.queries() + 3L * widths.inner();
    return widths.value() * (pass.tokens() * perToken + widths.heads() * pass.squares());
  }

  /** What dropout keeps of the inputs of each adapted module. */
  private long masks(PassShape pass) {
    return job.drops()
        ? widths.value() * pass.tokens() * job.adapted().stream().mapToLong(LinearModule::in).sum()
        : 0;
  }

  /** The causal mask, and cos and sin of every token. */
  private long inputs(PassShape pass) {
    long square = (long) pass.longest() * pass.longest();
    long angles = 2 * pass.tokens() * (widths.queries() / widths.heads());
    return widths.value() * square + Float.BYTES * angles;
  }

  /** The loss and its gradient, over some rows of logits at a time. */
  private long top(PassShape pass) {
    long chunk = Math.min(pass.labels(), Math.max(FEWEST_ROWS, LOGITS / widths.vocabulary()));
    long streams = (long) widths.value() * widths.hidden() * (2 * pass.tokens() + chunk);
    return LOGIT_BYTES * chunk * widths.vocabulary() + streams;
  }

  /** The highest layer's backward pass: that of its MLP, or of its attention. */
  private long backward(PassShape pass) {
    long mlp = pass.tokens() * (4L * widths.hidden() + 3L * widths.inner());
    long longest = pass.longest();
    long attention =
        pass.tokens() * (2L * widths.hidden() + widths.queries() + widths.queryKeyValue())
            + 2L * widths.heads() * longest * longest;
    return widths.value() * Math.max(mlp, attention);
  }
}
