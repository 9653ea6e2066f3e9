package dev.floe.worker.train;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import java.util.List;

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
    double loss = 0;
    int tokens = 0;
    for (int from = 0; from < batch.size(); from += microBatch) {
      List<TrainingRow> rows = batch.subList(from, Math.min(from + microBatch, batch.size()));
      loss += pass.accumulate(rows, labelled);
      tokens += rows.stream().mapToInt(row -> row.tokens().length).sum();
    }
    try (NDManager scope = manager.newSubManager()) {
      return new Step(loss, optimizer.step(scope, rate), tokens);
    }
  }

  public AdamW optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    optimizer.close();
    manager.close();
  }
}
