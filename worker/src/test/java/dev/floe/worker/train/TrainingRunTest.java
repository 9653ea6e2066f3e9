package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
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
import dev.floe.worker.checkpoint.DirectoryCheckpoints;
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
