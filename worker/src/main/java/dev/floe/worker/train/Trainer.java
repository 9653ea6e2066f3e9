package dev.floe.worker.train;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.train.GradientPass.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * One optimizer step at a time: gradients over a batch in micro-batches, then AdamW.
 *
 * <p>The loss is the mean over the labelled tokens of the whole batch, so the size of a micro-batch
 * changes memory and speed but not the result.
 */
public final class Trainer implements AutoCloseable {
  private final NDManager manager;
  private final GradientPass pass;
  private final AdamW optimizer;
  private final long seed;
  private final Optional<Lanes> lanes;

  /**
   * What one optimizer step came to.
   *
   * @param loss mean over the batch's labelled tokens, before the update
   * @param gradientNorm global, before clipping
   * @param tokens real tokens of the batch
   */
  public record Step(double loss, double gradientNorm, int tokens) {}

  /**
   * Prepares an optimizer for the adapter's parameters.
   *
   * @param clip largest global gradient norm; 0 for no clipping
   * @param seed source of dropout's random numbers, together with a step's number
   */
  public Trainer(Backbone backbone, Adapter adapter, double weightDecay, double clip, long seed) {
    this.manager = backbone.manager().newSubManager();
    this.pass = new GradientPass(backbone, backbone.decoder(adapter));
    this.optimizer =
        new AdamW(manager, backbone.kernels(), adapter.parameters(), weightDecay, clip);
    this.seed = seed;
    int threads = JniUtils.getNumThreads();
    lanes = threads > 1 && pass.isExplicit() ? Optional.of(new Lanes(threads)) : Optional.empty();
  }

  /**
   * Takes one optimizer step.
   *
   * @param batch rows of the batch
   * @param microBatch rows per forward and backward pass
   * @param number the step's number, from 0: with the seed it fixes every random choice, so that a
   *     resumed run draws what an undisturbed one draws
   */
  public Step step(List<TrainingRow> batch, int microBatch, double rate, int number) {
    JniUtils.setSeed(seed * 1_000_003 + number);
    int labelled = batch.stream().mapToInt(TrainingRow::labelled).sum();
    int tokens = batch.stream().mapToInt(row -> row.tokens().length).sum();
    boolean sideBySide = pass.isExplicit() && lanes.isPresent();
    int most = sideBySide ? Math.min(microBatch, perLane(batch.size())) : microBatch;
    List<MicroBatch> parts = new ArrayList<>();
    for (int from = 0; from < batch.size(); from += most) {
      List<TrainingRow> rows = batch.subList(from, Math.min(from + most, batch.size()));
      parts.add(new MicroBatch(rows, (seed * 1_000_003 + number) * 1_000_003 + from));
    }
    double loss = 0;
    if (sideBySide) {
      for (Share share : lanes.get().run(tasks(parts, labelled))) {
        loss += pass.add(share);
      }
    } else {
      for (MicroBatch part : parts) {
        loss += pass.accumulate(part.rows, labelled, part.seed);
      }
    }
    try (NDManager scope = manager.newSubManager()) {
      return new Step(loss, optimizer.step(scope, rate), tokens);
    }
  }

  /** Rows of a pass at which no lane is left without work. */
  private static int perLane(int rows) {
    int count = JniUtils.getNumThreads();
    return (rows + count - 1) / count;
  }

  private List<Callable<Share>> tasks(List<MicroBatch> parts, int labelled) {
    List<Callable<Share>> tasks = new ArrayList<>();
    for (MicroBatch part : parts) {
      tasks.add(() -> pass.share(part.rows, labelled, part.seed));
    }
    return tasks;
  }

  /** Rows that share a pass, and what their dropout follows. */
  private record MicroBatch(List<TrainingRow> rows, long seed) {}

  public AdamW optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    lanes.ifPresent(Lanes::close);
    optimizer.close();
    manager.close();
  }
}
