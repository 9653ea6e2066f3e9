package dev.floe.worker.memory;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Jobs whose memory is measured: all alike.
 *
 * @param adapter {@code lora}, {@code dora}, {@code series}, {@code parallel}, {@code ia3} or
 *     {@code prefix}
 * @param rank of LoRA, width of a bottleneck, or number of virtual tokens
 * @param modules names with commas between them
 * @param layers as a sweep file has them; {@code all} for all
 */
record Configuration(
    String backbone,
    String adapter,
    int rank,
    String modules,
    String layers,
    ComputeType type,
    int shortest,
    int longest,
    int batch,
    int microBatch,
    int jobs,
    int budget,
    int threads) {
  private static final int STEPS = 3;

  List<String> arguments() {
    List<Object> all = new ArrayList<>(List.of(backbone, adapter, rank, modules, layers, type));
    all.addAll(List.of(shortest, longest, batch, microBatch, jobs, budget, threads));
    return all.stream().map(Object::toString).toList();
  }

  static Configuration parse(List<String> arguments) {
    int[] numbers =
        arguments.subList(6, arguments.size()).stream().mapToInt(Integer::parseInt).toArray();
    return new Configuration(
        arguments.get(0),
        arguments.get(1),
        Integer.parseInt(arguments.get(2)),
        arguments.get(3),
        arguments.get(4),
        ComputeType.valueOf(arguments.get(5)),
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[5],
        numbers[6]);
  }

  JobSpec job(int index, Path directory, Path rows) {
    String own = directory.resolve("job-" + index).toString();
    return new JobSpec(
        index,
        directory.toString(),
        new DataSpec(rows.toString(), List.of(), "none", longest, true, false),
        adapterSpec(),
        new TrainSpec(
            0, STEPS, batch, microBatch, 1e-3, 0, 0, 1, TrainSpec.Schedule.CONSTANT, 0, false),
        new EvaluateSpec("greedy", 1),
        index,
        own,
        own + "-checkpoints",
        type,
        new BundleSpec(Math.max(1, jobs), budget),
        null);
  }

  private AdapterSpec adapterSpec() {
    Placement placement =
        new Placement(
            null,
            Arrays.asList(modules.split(",", -1)),
            null,
            layers.equals("all") ? null : new LayerSet(layers));
    return switch (adapter) {
      case "lora" -> AdapterSpec.Lora.plain(placement, rank, rank, 0);
      case "lora-dropout" -> AdapterSpec.Lora.plain(placement, rank, rank, 0.1);
      case "dora" -> new AdapterSpec.Lora(placement, rank, rank, 0, false, true, null, null);
      case "series" ->
          AdapterSpec.Series.fixed(
              placement, rank, Activation.RELU, 1, AdapterSpec.Insertion.OUTPUT);
      case "parallel" -> AdapterSpec.Parallel.fixed(placement, rank, Activation.RELU, 1);
      case "ia3" -> new AdapterSpec.Ia3(placement);
      case "prefix" -> AdapterSpec.Prefix.plain(rank);
      default -> throw new IllegalArgumentException("adapter: " + adapter);
    };
  }
}
