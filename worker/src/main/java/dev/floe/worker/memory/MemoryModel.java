package dev.floe.worker.memory;

import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.TrainingRow;
import java.util.List;

/**
 * Predicts the most native memory that training takes, in bytes, from shapes alone. Covered are the
 * backbone, trained weights with their gradients and moments, what a pass keeps for its backward
 * pass, and states of frozen lower layers; not Java's own memory, and not evaluation.
 *
 * @param threads of libtorch, each of which runs micro-batches by itself where that can be
 */
public record MemoryModel(BackboneConfig config, ComputeType type, int threads) {
  /** Value, gradient and AdamW's two moments, in float32. */
  private static final int BYTES_PER_PARAMETER = 4 * Float.BYTES;

  /**
   * What the allocator takes for a byte of a written-out pass, measured: freed pieces between kept
   * ones stay empty where nothing fits into them.
   */
  private static final double HELD_PER_EXPLICIT_BYTE = 1.25;

  /** The same of a recorded pass, measured; it stands for more than holes: see docs/memory.md. */
  private static final double HELD_PER_RECORDED_BYTE = 2.2;

  /** The optimizer works on one tensor at a time, through so many of its size. */
  private static final int TEMPORARIES_OF_ADAMW = 3;

  /** The frozen weights. */
  public long backbone() {
    return config.layout().parameters() * Widths.bytes(type);
  }

  /**
   * Jobs that train together, besides the backbone.
   *
   * @param job what each of them is like
   * @param tokenBudget most tokens of a pass that they share
   * @param prefixBound most bytes of states of frozen layers that are kept
   */
  public long training(JobDemand job, int jobs, int tokenBudget, long prefixBound) {
    long states = jobs * job.parameters() * BYTES_PER_PARAMETER;
    long temporaries = TEMPORARIES_OF_ADAMW * Float.BYTES * job.largestParameter();
    return states + temporaries + prefix(job, prefixBound) + pass(job, jobs, tokenBudget);
  }

  /** What comes out of frozen lower layers, kept for rows that come again. */
  private long prefix(JobDemand job, long bound) {
    return job.frozenLayers() == 0
        ? 0
        : Math.min(bound, job.dataTokens() * config.hidden() * Widths.bytes(type));
  }

  private long pass(JobDemand job, int jobs, int tokenBudget) {
    long most = 0;
    for (JobDemand.Batch batch : job.steps()) {
      most = Math.max(most, pass(job, batch, jobs, tokenBudget));
    }
    return most;
  }

  private long pass(JobDemand job, JobDemand.Batch batch, int jobs, int tokenBudget) {
    PassShape alone = largest(batch, job.microBatch(), job.promptTokens());
    int together = Math.max(1, Math.min(jobs, (int) (tokenBudget / Math.max(1, alone.tokens()))));
    Widths widths = Widths.of(config, type);
    if (together > 1 || !job.explicit()) {
      long kept = new RecordedPass(widths, job).bytes(alone, together);
      return (long) (HELD_PER_RECORDED_BYTE * kept);
    }
    return sideBySide(job, batch, widths);
  }

  /** As many micro-batches as there are threads, and the gradients of all of the step's. */
  private long sideBySide(JobDemand job, JobDemand.Batch batch, Widths widths) {
    int rows = batch.rows().size();
    int lane = (rows + threads - 1) / threads;
    int part = job.drops() || threads == 1 ? job.microBatch() : Math.min(job.microBatch(), lane);
    int parts = (rows + part - 1) / part;
    PassShape pass = largest(batch, part, job.promptTokens());
    long gradients = (threads == 1 ? 1 : parts) * job.parameters() * Float.BYTES;
    double held = HELD_PER_EXPLICIT_BYTE * new ExplicitPass(widths, job).bytes(pass);
    return (long) (Math.min(threads, parts) * held) + gradients;
  }

  /** The batch's micro-batch with the most tokens. */
  private static PassShape largest(JobDemand.Batch batch, int microBatch, int virtualTokens) {
    List<TrainingRow> rows = batch.rows();
    PassShape largest = null;
    for (int from = 0; from < rows.size(); from += microBatch) {
      int to = Math.min(rows.size(), from + microBatch);
      PassShape next = PassShape.of(rows.subList(from, to), virtualTokens);
      largest = largest == null || next.tokens() > largest.tokens() ? next : largest;
    }
    return largest;
  }
}
