package dev.floe.worker.train;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import java.util.List;

/**
 * One optimizer step at a time: gradients over a batch in micro-batches, then AdamW. Who drives it
 * takes the step's micro-batches one by one, and says what each came to; {@link #step} does all of
 * it for a job that is alone.
 *
 * <p>The loss is the mean over the labelled tokens of the whole batch, so the size of a micro-batch
 * changes memory and speed but not the result.
 */
public final class Trainer implements AutoCloseable {
  private final NDManager manager;
  private final Adapter adapter;
  private final GradientPass pass;
  private final AdamW optimizer;
  private final long seed;

  private List<TrainingRow> batch = List.of();
  private int microBatch;
  private int number;
  private int labelled;
  private int taken;
  private double loss;
  private int tokens;

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
    this.adapter = adapter;
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
    begin(batch, microBatch, number);
    while (!complete()) {
      accumulate();
    }
    return finish(rate);
  }

  /** Starts a step like {@link #step}: its micro-batches are to be run next. */
  void begin(List<TrainingRow> batch, int microBatch, int number) {
    this.batch = batch;
    this.microBatch = microBatch;
    this.number = number;
    labelled = batch.stream().mapToInt(TrainingRow::labelled).sum();
    taken = 0;
    loss = 0;
    tokens = 0;
  }

  /** Whether all micro-batches of the step have run. */
  boolean complete() {
    return taken >= batch.size();
  }

  /** The step's next micro-batch. */
  MicroBatch next() {
    List<TrainingRow> rows = batch.subList(taken, Math.min(taken + microBatch, batch.size()));
    return new MicroBatch(rows, labelled, seedOf(number, taken));
  }

  private long seedOf(int step, int row) {
    return (seed * 1_000_003 + step) * 1_000_003 + row;
  }

  /** Runs the next micro-batch by itself. */
  void accumulate() {
    MicroBatch next = next();
    JniUtils.setSeed(next.seed());
    adapter.startPass(next.seed());
    accumulated(next, pass.accumulate(next.rows(), next.labelled()));
  }

  /**
   * The next micro-batch has run: its gradients are in the parameters.
   *
   * @param share its share of the batch's mean loss
   */
  void accumulated(MicroBatch ran, double share) {
    taken += ran.rows().size();
    loss += share;
    tokens += ran.tokens();
  }

  /** Ends a step whose micro-batches have all run: updates the parameters. */
  Step finish(double rate) {
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
