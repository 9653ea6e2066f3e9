package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.CheckpointSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.protocol.report.Progress;
import dev.floe.worker.Golden;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.checkpoint.Checkpoint;
import dev.floe.worker.checkpoint.CheckpointStore;
import dev.floe.worker.checkpoint.DirectoryCheckpoints;
import dev.floe.worker.checkpoint.Notices;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
  private static NDManager manager;
  private static Backbone backbone;

  @TempDir private Path directory;

  @BeforeAll
  static void load() throws IOException {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
    backbone = Backbone.load(manager, Golden.path("llama/model"), ComputeType.FLOAT32);
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @Test
  void run_stoppedAndResumed_endsBitForBitAsIfUndisturbed() throws IOException {
    Outcome undisturbed = train(job(1e-2, 0.2), "undisturbed", RunControl.unattended());
    for (int stop : new int[] {1, 4, 9}) {
      String name = "stopped after " + stop;
      assertThatThrownBy(() -> train(job(1e-2, 0.2), name, new DrainsAfter(stop)))
          .isInstanceOf(JobStoppedException.class);
      Outcome resumed = train(job(1e-2, 0.2), name, RunControl.unattended());
      assertThat(resumed.result.losses()).as(name).isEqualTo(undisturbed.result.losses());
      assertThat(resumed.weights).as(name).isEqualTo(undisturbed.weights);
    }
  }

  @Test
  void run_killedAtARandomStep_endsBitForBitAsIfUndisturbed() throws IOException {
    Outcome undisturbed = train(job(1e-2, 0.2), "whole", RunControl.unattended());
    long seed = System.nanoTime();
    int killed = 1 + new Random(seed).nextInt(9);
    String name = "seed " + seed + ", killed after step " + killed;
    JobSpec often = withCheckpoints(job(1e-2, 0.2), new CheckpointSpec(2, 0));
    assertThatThrownBy(() -> train(often, name, new DiesAfter(killed)))
        .as(name)
        .isInstanceOf(IllegalStateException.class);
    Outcome resumed = train(often, name, RunControl.unattended());
    assertThat(resumed.result.losses()).as(name).isEqualTo(undisturbed.result.losses());
    assertThat(resumed.weights).as(name).isEqualTo(undisturbed.weights);
  }

  @Test
  void run_whoseCheckpointsCannotBeWritten_goesOnAndSaysSo() throws IOException {
    Notices notices = new Notices();
    JobSpec often = withCheckpoints(job(1e-2, 0), new CheckpointSpec(4, 0));
    try (Adapter adapter = Adapters.create(often.adapter(), backbone, often.seed())) {
      TrainingRun.Result result =
          new TrainingRun(
                  often,
                  backbone,
                  adapter,
                  rows(),
                  new FullDisk(),
                  RunControl.unattended(),
                  notices)
              .run();
      assertThat(result.losses()).hasSize(10);
    }
    assertThat(notices.lines())
        .containsExactly(
            "checkpoint of step 4 was not written: java.io.IOException: No space left on device",
            "checkpoint of step 8 was not written: java.io.IOException: No space left on device");
  }

  @Test
  void run_withHalfTheMicroBatch_comesToTheSameButForRounding() throws IOException {
    Outcome whole = train(withMicroBatch(job(1e-3, 0), 4), "4", RunControl.unattended());
    Outcome halves = train(withMicroBatch(job(1e-3, 0), 2), "2", RunControl.unattended());
    for (int i = 0; i < 10; i++) {
      assertThat(halves.result.losses().get(i))
          .isCloseTo(whole.result.losses().get(i), within(1e-4));
    }
  }

  private static JobSpec withCheckpoints(JobSpec job, CheckpointSpec checkpoint) {
    return copy(job, job.train(), checkpoint);
  }

  private static JobSpec withMicroBatch(JobSpec job, int microBatch) {
    TrainSpec t = job.train();
    return copy(
        job,
        new TrainSpec(
            t.epochs(),
            t.steps(),
            t.batch(),
            microBatch,
            t.learningRate(),
            t.warmupSteps(),
            t.weightDecay(),
            t.clip(),
            t.schedule(),
            t.warmupRatio(),
            t.groupByLength()),
        job.checkpoint());
  }

  private static JobSpec copy(JobSpec job, TrainSpec train, CheckpointSpec checkpoint) {
    return new JobSpec(
        job.index(),
        job.backbone(),
        job.data(),
        job.adapter(),
        train,
        job.evaluate(),
        job.seed(),
        job.adapterDirectory(),
        job.checkpointDirectory(),
        job.dtype(),
        job.bundles(),
        checkpoint);
  }

  /** What a process that is killed leaves behind is what was written by then. */
  private record DiesAfter(int steps) implements RunControl {
    @Override
    public Optional<StopReason> stopRequested() {
      return Optional.empty();
    }

    @Override
    public boolean checkpointRequested() {
      return false;
    }

    @Override
    public void progress(Progress progress) {
      if (progress.step() >= steps) {
        throw new IllegalStateException("killed");
      }
    }
  }

  private static final class FullDisk implements CheckpointStore {
    @Override
    public void save(Checkpoint checkpoint) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public Optional<Checkpoint> newest() {
      return Optional.empty();
    }

    @Override
    public void clear() {}
  }

  @Test
  void run_onRowsThatRepeat_losesLoss() throws IOException {
    List<Double> losses = train(job(1e-2, 0), "falls", RunControl.unattended()).result.losses();
    assertThat(losses).hasSize(10);
    assertThat(losses.get(9)).isLessThan(losses.get(0) - 0.1);
  }

  @Test
  void run_withARateThatBlowsUp_divergesAndKeepsItsCurve() throws IOException {
    TrainingRun.Result result = train(job(1e6, 0), "diverges", RunControl.unattended()).result;
    assertThat(result.diverged()).isTrue();
    assertThat(result.losses()).hasSizeBetween(2, 9);
  }

  @Test
  void run_trains_leavesTheBackboneAsItWas() throws IOException {
    String weight = "model.layers.0.self_attn.q_proj.weight";
    float[] before = backbone.weight(weight).toFloatArray();
    train(job(1e-2, 0), "frozen", RunControl.unattended());
    assertThat(backbone.weight(weight).toFloatArray()).isEqualTo(before);
  }

  private record Outcome(TrainingRun.Result result, List<List<Float>> weights) {}

  private Outcome train(JobSpec job, String checkpoints, RunControl control) throws IOException {
    try (Adapter adapter = Adapters.create(job.adapter(), backbone, job.seed())) {
      TrainingRun.Result result =
          new TrainingRun(
                  job,
                  backbone,
                  adapter,
                  rows(),
                  new DirectoryCheckpoints(directory.resolve(checkpoints), "job"),
                  control)
              .run();
      List<List<Float>> weights =
          adapter.parameters().stream().map(TrainingRunTest::values).toList();
      return new Outcome(result, weights);
    }
  }

  private static List<Float> values(Parameter parameter) {
    List<Float> values = new ArrayList<>();
    for (float value : parameter.value().toFloatArray()) {
      values.add(value);
    }
    return values;
  }

  private static JobSpec job(double rate, double dropout) {
    return new JobSpec(
        0,
        "/backbone",
        new DataSpec("/train.json", List.of(), "alpaca", 64, true, true),
        AdapterSpec.Lora.plain(Placement.ofRole("attention"), 4, 8, dropout),
        new TrainSpec(0, 10, 4, 2, rate, 1, 0.01, 1, Schedule.LINEAR, 0, false),
        new EvaluateSpec("greedy", 8),
        5,
        "/adapter",
        "/checkpoints",
        null);
  }

  private static List<TrainingRow> rows() {
    Random random = new Random(3);
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int[] tokens = random.ints(5 + i, 3, 128).toArray();
      rows.add(new TrainingRow(tokens, tokens));
    }
    return rows;
  }

  /** Asks the job to checkpoint and stop once it has done so many steps. */
  private static final class DrainsAfter implements RunControl {
    private final int steps;
    private int done;

    DrainsAfter(int steps) {
      this.steps = steps;
    }

    @Override
    public Optional<StopReason> stopRequested() {
      return done >= steps ? Optional.of(StopReason.DRAIN) : Optional.empty();
    }

    @Override
    public boolean checkpointRequested() {
      return false;
    }

    @Override
    public void progress(Progress progress) {
      done = progress.step();
    }
  }
}
