package dev.floe.worker.train;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.train.GradientPass.Share;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

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
  private final Optional<Lanes> lanes;

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

  /** Runs the next micro-batch by itself, or all that are left side by side. */
  void accumulate() {
    if (lanes.isPresent()) {
      accumulateSideBySide(lanes.get());
      return;
    }
    MicroBatch next = next();
    JniUtils.setSeed(next.seed());
    adapter.startPass(next.seed());
    accumulated(next, pass.accumulate(next.rows(), next.labelled(), next.seed()));
  }

  private void accumulateSideBySide(Lanes side) {
    List<MicroBatch> parts = rest();
    List<Share> made = Collections.synchronizedList(new ArrayList<>());
    List<Callable<Share>> tasks = new ArrayList<>();
    for (MicroBatch part : parts) {
      tasks.add(
          () -> {
            Share share = pass.share(part.rows(), part.labelled(), part.seed());
            made.add(share);
            return share;
          });
    }
    List<Share> shares;
    try {
      shares = side.run(tasks);
    } catch (RuntimeException | Error e) {
      made.forEach(Share::close);
      throw e;
    }
    for (int i = 0; i < shares.size(); i++) {
      accumulated(parts.get(i), pass.add(shares.get(i)));
    }
  }

  /** What is left of the step, in parts of which there is one for each lane if that can be. */
  private List<MicroBatch> rest() {
    int left = batch.size() - taken;
    int lane = (left + JniUtils.getNumThreads() - 1) / JniUtils.getNumThreads();
    // what dropout keeps goes by micro-batches, so they stay as they are
    int most = pass.drops() ? microBatch : Math.min(microBatch, lane);
    List<MicroBatch> parts = new ArrayList<>();
    for (int from = taken; from < batch.size(); from += most) {
      List<TrainingRow> rows = batch.subList(from, Math.min(from + most, batch.size()));
      parts.add(new MicroBatch(rows, labelled, seedOf(number, from)));
    }
    return parts;
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
    lanes.ifPresent(Lanes::close);
    optimizer.close();
    manager.close();
  }
}
