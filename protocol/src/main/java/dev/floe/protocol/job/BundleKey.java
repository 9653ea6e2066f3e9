package dev.floe.protocol.job;

import java.util.Optional;

/**
 * What jobs have in common that can run in one bundle: they read the same rows in the same order
 * and in batches of the same shape, over the same frozen weights. Adapters, rates and schedules are
 * each job's own.
 *
 * @param seed of the rows' order; 0 where the file's order holds
 */
public record BundleKey(
    String backbone,
    ComputeType dtype,
    DataSpec data,
    int batch,
    int microBatch,
    boolean byEpochs,
    boolean groupByLength,
    long seed,
    BundleSpec bundles) {

  /** The key of a job; empty when it runs by itself. */
  public static Optional<BundleKey> of(JobSpec job) {
    if (job.bundles().maxJobs() == 1 || !sharesWeights(job.adapter())) {
      return Optional.empty();
    }
    TrainSpec train = job.train();
    return Optional.of(
        new BundleKey(
            job.backbone(),
            job.dtype(),
            job.data(),
            train.batch(),
            train.microBatch(),
            train.steps() == 0,
            train.groupByLength(),
            job.data().shuffle() ? job.seed() : 0,
            job.bundles()));
  }

  /** Whether the adapter trains none of the backbone's own weights. */
  private static boolean sharesWeights(AdapterSpec adapter) {
    if (adapter instanceof AdapterSpec.Lora lora) {
      return lora.bias() == AdapterSpec.Bias.NONE;
    }
    return !(adapter instanceof AdapterSpec.Full || adapter instanceof AdapterSpec.Untuned);
  }
}
