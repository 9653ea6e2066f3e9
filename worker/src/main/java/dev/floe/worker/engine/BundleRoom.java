package dev.floe.worker.engine;

import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.memory.JobDemand;
import dev.floe.worker.memory.MemoryModel;
import java.util.List;

/**
 * How many jobs like one fit in a bundle: by the number that is allowed, by the tokens of a shared
 * pass, and by memory.
 *
 * @param memory bytes that training may take beside the backbone
 * @param prefixBound bytes that states of frozen layers may take
 */
record BundleRoom(long memory, long prefixBound) {
  /** Room for what the machine's other processes take on, and for what a prediction misses. */
  private static final double SHARE_OF_FREE = 0.5;

  /** Half of what is free on the machine now. */
  static BundleRoom ofMachine(long prefixBound) {
    return new BundleRoom((long) (MachineMemory.free() * SHARE_OF_FREE), prefixBound);
  }

  /** How many jobs like this one go together, itself included; 1 when none can go along. */
  int jobs(JobSpec job, List<TrainingRow> rows, MemoryModel model, JobDemand demand) {
    double meanRow = rows.stream().mapToInt(row -> row.tokens().length).average().orElseThrow();
    double microBatch = (meanRow + job.adapter().virtualTokens()) * job.train().microBatch();
    int budget = job.bundles().tokenBudget();
    int most = Math.min((int) (budget / microBatch), job.bundles().maxJobs());
    for (int jobs = most; jobs > 1; jobs--) {
      if (model.training(demand, jobs, budget, prefixBound) <= memory) {
        return jobs;
      }
    }
    return 1;
  }
}
