package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.data.TrainingRow;
import java.util.List;

/**
 * How many jobs like one fit in a bundle: by the number that is allowed, by the tokens of a shared
 * pass, and by memory.
 *
 * @param memory bytes that training may take beside the backbone
 */
record BundleRoom(long memory) {
  /** Value, gradient and AdamW's two moments, in float32. */
  private static final int BYTES_PER_PARAMETER = 16;

  /** Of a stretch of logits: they, their log-softmax, its gradient. */
  private static final int COPIES_OF_LOGITS = 3;

  /** Room for what the machine's other processes take on, and for what an estimate misses. */
  private static final double SHARE_OF_FREE = 0.5;

  /** Half of what is free on the machine now. */
  static BundleRoom ofMachine() {
    return new BundleRoom((long) (MachineMemory.free() * SHARE_OF_FREE));
  }

  /** How many jobs like this one go together, itself included; 1 when none can go along. */
  int jobs(JobSpec job, Backbone backbone, List<TrainingRow> rows, long parameters) {
    double meanRow = rows.stream().mapToInt(row -> row.tokens().length).average().orElseThrow();
    double microBatch = (meanRow + job.adapter().virtualTokens()) * job.train().microBatch();
    int budget = job.bundles().tokenBudget();
    long byTokens = (long) (budget / microBatch);
    long left = memory - budget * bytesPerToken(backbone);
    long byMemory = left / Math.max(1, parameters * BYTES_PER_PARAMETER);
    long jobs = Math.min(Math.min(byTokens, byMemory), job.bundles().maxJobs());
    return (int) Math.max(1, jobs);
  }

  /** What the backward pass keeps of one token: about what LLaMA's layers keep, in float32. */
  private static long bytesPerToken(Backbone backbone) {
    List<LinearModule> modules = backbone.modules();
    long hidden = modules.get(0).in();
    long widest =
        modules.stream()
            .mapToInt(module -> Math.max(module.in(), module.out()))
            .max()
            .orElseThrow();
    long layer = 11 * hidden + 3 * widest;
    long logits = (long) COPIES_OF_LOGITS * backbone.config().vocabulary();
    return Float.BYTES * (layer * backbone.config().layers() + logits);
  }
}
