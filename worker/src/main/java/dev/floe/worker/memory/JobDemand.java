package dev.floe.worker.memory;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.data.BatchOrder;
import dev.floe.worker.data.TrainingRow;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the memory of a training job depends on, besides the backbone.
 *
 * @param parameters trained weights
 * @param largestParameter elements of the largest trained tensor
 * @param adapted modules that the adapter acts on
 * @param frozenLayers layers below the lowest one that the adapter changes
 * @param explicit whether gradients come from kernels with a written-out backward pass when the job
 *     is alone
 * @param steps the distinct shapes of the batches
 * @param microBatch rows of a pass
 * @param dataTokens tokens of the distinct rows that the job reads
 */
public record JobDemand(
    AdapterSpec adapter,
    long parameters,
    long largestParameter,
    List<LinearModule> adapted,
    int frozenLayers,
    boolean explicit,
    Set<Batch> steps,
    int microBatch,
    long dataTokens) {
  /** Batches that are looked at: later ones of a long run are like those before. */
  private static final int MOST_STEPS = 4_000;

  /** The rows of an optimizer step. */
  public record Batch(List<TrainingRow> rows) {
    public Batch {
      rows = List.copyOf(rows);
    }
  }

  public JobDemand {
    adapted = List.copyOf(adapted);
    steps = Set.copyOf(steps);
  }

  /** The demand of a job that is ready to train on these rows. */
  public static JobDemand of(
      JobSpec job, Backbone backbone, Adapter adapter, List<TrainingRow> rows) {
    int frozen = backbone.frozenLayers(adapter);
    return new JobDemand(
        job.adapter(),
        adapter.trainableParameters(),
        adapter.parameters().stream().mapToLong(p -> p.value().size()).max().orElse(0),
        backbone.modules().stream().filter(module -> acts(adapter, module)).toList(),
        frozen,
        frozen == 0 && backbone.decoder(adapter).explicitGradient().isPresent(),
        batches(job, rows),
        job.train().microBatch(),
        rows.stream().mapToLong(row -> row.tokens().length).sum());
  }

  private static boolean acts(Adapter adapter, LinearModule module) {
    String path = module.path() + ".";
    return adapter.parameters().stream().map(Parameter::name).anyMatch(n -> n.startsWith(path));
  }

  private static Set<Batch> batches(JobSpec job, List<TrainingRow> rows) {
    List<Integer> lengths = rows.stream().map(row -> row.tokens().length).toList();
    BatchOrder order = new BatchOrder(job.train(), lengths, job.data().shuffle(), job.seed());
    Set<Batch> batches = new LinkedHashSet<>();
    for (int step = 0; step < Math.min(order.steps(), MOST_STEPS); step++) {
      batches.add(new Batch(Arrays.stream(order.rows(step)).mapToObj(rows::get).toList()));
    }
    return batches;
  }

  /** Whether the adapter drops anything at random. */
  boolean drops() {
    return dropout() > 0;
  }

  private double dropout() {
    if (adapter instanceof AdapterSpec.Lora lora) {
      return lora.dropout();
    }
    if (adapter instanceof AdapterSpec.Series series) {
      return series.dropout();
    }
    return adapter instanceof AdapterSpec.Parallel parallel ? parallel.dropout() : 0;
  }

  /** Virtual tokens that are part of the stream. */
  int promptTokens() {
    return adapter instanceof AdapterSpec.Prefix ? 0 : adapter.virtualTokens();
  }

  /** Virtual tokens that only keys and values are had of. */
  int prefixTokens() {
    return adapter instanceof AdapterSpec.Prefix ? adapter.virtualTokens() : 0;
  }
}
