package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.worker.Golden;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.checkpoint.DirectoryCheckpoints;
import dev.floe.worker.checkpoint.Notices;
import dev.floe.worker.data.Split;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.node.OutOfMemory;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that have room for so many tokens of a job and no more, as its adapter pretends. */
class MicroBatchHalvingTest {
  private static final int TOKENS_OF_A_ROW = 8;
  private static final int STEPS = 4;
  private static final int BATCH = 6;

  private static NDManager manager;

  @TempDir private Path directory;
  private Backbone backbone;

  @BeforeAll
  static void open() {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @BeforeEach
  void load() throws IOException {
    backbone = Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32);
  }

  @AfterEach
  void free() {
    backbone.close();
  }

  @Test
  void microBatchThatDoesNotFit_isHalvedUntilItDoesAndTheLossesAreTheSame() throws IOException {
    Map<Integer, Bundle.Ending> endings = new HashMap<>();
    Notices notices = new Notices();
    try (Bundle bundle = new Bundle(backbone, 0)) {
      bundle.join(run(0, new Narrow(create(), 2 * TOKENS_OF_A_ROW), notices));
      runAll(bundle, endings);
    }
    assertThat(endings.get(0).failure()).isNull();
    assertThat(notices.lines())
        .containsExactly(
            "out of memory at step 1: micro-batch 3 instead of 6 from there on",
            "out of memory at step 1: micro-batch 1 instead of 3 from there on");
    assertClose(endings.get(0).result(), undisturbed());
  }

  @Test
  void stepInWhichMemoryRunsOutHalfway_startsOver() throws IOException {
    Map<Integer, Bundle.Ending> endings = new HashMap<>();
    Narrow narrow = new Narrow(create(), BATCH * TOKENS_OF_A_ROW);
    try (Bundle bundle = new Bundle(backbone, 0)) {
      bundle.join(run(0, narrow, new Notices(), 3));
      for (int round = 0; round < 3; round++) {
        bundle.round(); // a step, and half of the next
      }
      narrow.room = TOKENS_OF_A_ROW;
      runAll(bundle, endings);
    }
    assertThat(endings.get(0).failure()).isNull();
    assertClose(endings.get(0).result(), undisturbed());
  }

  @Test
  void rowThatDoesNotFit_failsAsOutOfMemoryAndLeavesTheOthersAsTheyWere() throws IOException {
    Map<Integer, Bundle.Ending> endings = new HashMap<>();
    try (Bundle bundle = new Bundle(backbone, 10_000)) {
      bundle.join(run(0, create(), new Notices()));
      bundle.join(run(1, new Narrow(create(), TOKENS_OF_A_ROW - 1), new Notices()));
      bundle.join(run(2, create(), new Notices()));
      runAll(bundle, endings);
    }
    assertThat(OutOfMemory.isReason(endings.get(1).failure())).isTrue();
    TrainingRun.Result expected = undisturbed();
    assertClose(endings.get(0).result(), expected);
    assertClose(endings.get(2).result(), expected);
  }

  private static void runAll(Bundle bundle, Map<Integer, Bundle.Ending> endings) {
    while (!bundle.isEmpty()) {
      for (Bundle.Ending ending : bundle.round()) {
        endings.put(ending.run().job().index(), ending);
      }
    }
  }

  private static void assertClose(TrainingRun.Result actual, TrainingRun.Result expected) {
    assertThat(actual.losses()).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      assertThat(actual.losses().get(step))
          .as("loss of step " + step)
          .isCloseTo(expected.losses().get(step), within(1e-5));
    }
  }

  private TrainingRun.Result undisturbed() throws IOException {
    try (Adapter adapter = create()) {
      return run(9, adapter, new Notices()).run();
    }
  }

  private Adapter create() {
    return Adapters.create(
        AdapterSpec.Lora.plain(Placement.ofRole("attention"), 4, 8, 0), backbone, 5);
  }

  private TrainingRun run(int index, Adapter adapter, Notices notices) {
    return run(index, adapter, notices, BATCH);
  }

  private TrainingRun run(int index, Adapter adapter, Notices notices, int microBatch) {
    JobSpec job =
        new JobSpec(
            index,
            "/backbone",
            new DataSpec("/train.json", List.of(), "alpaca", 64, true, true),
            AdapterSpec.Lora.plain(Placement.ofRole("attention"), 4, 8, 0),
            new TrainSpec(0, STEPS, BATCH, microBatch, 1e-2, 1, 0.01, 1, Schedule.LINEAR, 0, false),
            new EvaluateSpec("greedy", 8),
            5,
            "/adapter",
            "/checkpoints",
            ComputeType.FLOAT32);
    return new TrainingRun(
        job,
        backbone,
        adapter,
        new Split(ROWS, List.of()),
        new DirectoryCheckpoints(directory.resolve("" + index), "job"),
        RunControl.unattended(),
        notices);
  }

  private static final List<TrainingRow> ROWS = rows();

  private static List<TrainingRow> rows() {
    Random random = new Random(3);
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      int[] tokens = random.ints(TOKENS_OF_A_ROW, 3, 128).toArray();
      rows.add(new TrainingRow(tokens, tokens.clone()));
    }
    return rows;
  }

  /** An adapter whose linears have room for so many tokens at once. */
  private static final class Narrow implements Adapter {
    private final Adapter real;
    private int room;

    Narrow(Adapter real, int room) {
      this.real = real;
      this.room = room;
    }

    @Override
    public Projection projection(String module, FrozenLinear linear) {
      Projection projection = real.projection(module, linear);
      return projection.equals(linear) ? linear : (scope, x) -> inRoom(projection, scope, x);
    }

    private NDArray inRoom(Projection projection, NDManager scope, NDArray x) {
      if (x.getShape().get(0) > room) {
        throw new IllegalStateException(
            "[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory");
      }
      return projection.apply(scope, x);
    }

    @Override
    public List<Parameter> parameters() {
      return real.parameters();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
