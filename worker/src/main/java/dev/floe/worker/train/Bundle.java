package dev.floe.worker.train;

import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.node.OutOfMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Training runs that share passes over one resident backbone. In every round each run's next
 * micro-batch goes through: together with others' as long as the pass has at most so many tokens,
 * since merging small passes pays and merging large ones costs; otherwise in turn.
 *
 * <p>Runs may join between any two rounds and stand at different steps. Each keeps its loss,
 * optimizer, schedule, checkpoints and end to itself, and comes out as if it had run alone, up to
 * rounding. Not safe for use by several threads at once.
 */
public final class Bundle implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Bundle.class);

  /** Neighbours that act alike share a batched product, so they stand side by side. */
  private static final Comparator<TrainingRun> ORDER =
      Comparator.<TrainingRun, String>comparing(run -> run.job().adapter().toString())
          .thenComparing(run -> run.job().index());

  private final Backbone backbone;
  private final List<TrainingRun> runs = new ArrayList<>();
  private final Map<List<TrainingRun>, BundlePass> passes = new HashMap<>();
  private final Set<TrainingRun> suspects = new HashSet<>();
  private int tokenBudget;

  /**
   * How a run left the bundle.
   *
   * @param result how training ended; null when it did not end
   * @param failure what kept it from ending, such as being asked to stop; null when it ended
   */
  public record Ending(TrainingRun run, TrainingRun.Result result, Throwable failure) {}

  /**
   * An empty bundle.
   *
   * @param tokenBudget most tokens of a pass that runs share; a larger micro-batch runs by itself
   */
  public Bundle(Backbone backbone, int tokenBudget) {
    this.backbone = backbone;
    this.tokenBudget = tokenBudget;
  }

  /** Takes a run in; what its start throws is its ending's failure in the next round. */
  public void join(TrainingRun run) {
    runs.add(run);
    runs.sort(ORDER);
  }

  /** Whether no run is left. */
  public boolean isEmpty() {
    return runs.isEmpty();
  }

  /** Runs that are in. */
  public int size() {
    return runs.size();
  }

  /** Runs every member's next micro-batch; returns those that left, and are closed. */
  public List<Ending> round() {
    List<Ending> endings = new ArrayList<>();
    for (TrainingRun run : List.copyOf(runs)) {
      prepare(run, endings);
    }
    for (List<TrainingRun> pass : plan()) {
      run(pass, endings);
    }
    for (TrainingRun run : List.copyOf(runs)) {
      if (run.stepComplete()) {
        attempt(run, endings, run::finishStep);
      }
    }
    return endings;
  }

  private interface Action {
    void run() throws Exception;
  }

  /** Between two steps a run may turn out to be over, or be asked to stop. */
  private void prepare(TrainingRun run, List<Ending> endings) {
    attempt(
        run,
        endings,
        () -> {
          run.start();
          if (run.over()) {
            run.keepLast();
            leave(run, new Ending(run, run.result(), null), endings);
          } else if (!run.inStep()) {
            run.beginStep();
          }
        });
  }

  private void attempt(TrainingRun run, List<Ending> endings, Action action) {
    try {
      action.run();
    } catch (Exception | OutOfMemoryError e) {
      leave(run, new Ending(run, null, e), endings);
    }
  }

  private void leave(TrainingRun run, Ending ending, List<Ending> endings) {
    runs.remove(run);
    passes.clear();
    if (suspects.remove(run) && ending.failure() != null) {
      suspects.clear(); // found: the others can share passes again
    }
    run.close();
    endings.add(ending);
  }

  /** Who runs with whom: in order, as many as the budget lets together. */
  private List<List<TrainingRun>> plan() {
    List<List<TrainingRun>> plan = new ArrayList<>();
    List<TrainingRun> open = new ArrayList<>();
    int tokens = 0;
    for (TrainingRun run : runs) {
      int own = run.next().tokens() + virtualTokens(run);
      boolean alone = suspects.contains(run) || !backbone.isSharedBy(run.adapter());
      if (alone) {
        plan.add(List.of(run));
        continue;
      }
      if (!open.isEmpty() && tokens + own > tokenBudget) {
        plan.add(open);
        open = new ArrayList<>();
        tokens = 0;
      }
      open.add(run);
      tokens += own;
    }
    if (!open.isEmpty()) {
      plan.add(open);
    }
    return plan;
  }

  private static int virtualTokens(TrainingRun run) {
    return run.adapter().promptTokens() * run.next().rows().size();
  }

  private void run(List<TrainingRun> pass, List<Ending> endings) {
    try {
      if (pass.size() == 1 && backbone.frozenLayers(pass.get(0).adapter()) == 0) {
        pass.get(0).accumulateAlone();
      } else {
        share(pass);
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      failed(pass, e, endings);
    }
  }

  private void share(List<TrainingRun> pass) {
    List<TrainingRun> labelled = new ArrayList<>();
    for (TrainingRun run : pass) {
      if (run.next().rows().stream().mapToInt(TrainingRow::labelled).sum() == 0) {
        run.accumulated(run.next(), 0, 0);
      } else {
        labelled.add(run);
      }
    }
    if (labelled.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    List<MicroBatch> batches = labelled.stream().map(TrainingRun::next).toList();
    double[] shares = passes.computeIfAbsent(labelled, this::newPass).accumulate(batches);
    double perToken =
        (System.nanoTime() - start) / 1e9 / batches.stream().mapToInt(MicroBatch::tokens).sum();
    for (int i = 0; i < shares.length; i++) {
      MicroBatch batch = batches.get(i);
      labelled.get(i).accumulated(batch, shares[i], perToken * batch.tokens());
    }
  }

  private BundlePass newPass(List<TrainingRun> members) {
    List<Adapter> adapters = members.stream().map(TrainingRun::adapter).toList();
    return new BundlePass(backbone, adapters);
  }

  /**
   * A pass of one is its job's failure. A shared one is nobody's yet: its runs start their step
   * over, in smaller passes when the device was full, else each by itself until it is found whose
   * it is.
   */
  private void failed(List<TrainingRun> pass, Throwable failure, List<Ending> endings) {
    if (pass.size() == 1 && OutOfMemory.isReason(failure) && pass.get(0).halveMicroBatch(failure)) {
      passes.clear();
      attempt(pass.get(0), endings, pass.get(0)::restartStep);
      return;
    }
    if (pass.size() == 1) {
      leave(pass.get(0), new Ending(pass.get(0), null, failure), endings);
      return;
    }
    int tokens = pass.stream().mapToInt(run -> run.next().tokens()).sum();
    if (OutOfMemory.isReason(failure)) {
      tokenBudget = tokens / 2;
      log.warn(
          "a pass of {} jobs did not fit: passes have at most {} tokens from now on",
          pass.size(),
          tokenBudget);
    } else {
      suspects.addAll(pass);
      log.warn("a pass of {} jobs failed: each goes on by itself", pass.size(), failure);
    }
    for (TrainingRun run : pass) {
      attempt(run, endings, run::restartStep);
    }
  }

  /** Frees the optimizers of the runs that are still in. */
  @Override
  public void close() {
    runs.forEach(TrainingRun::close);
    runs.clear();
    passes.clear();
  }
}
