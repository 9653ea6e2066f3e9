package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.protocol.report.Progress;
import dev.floe.worker.Golden;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Contribution;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.checkpoint.DirectoryCheckpoints;
import dev.floe.worker.data.BatchOrder;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
  private static final Placement ATTENTION = Placement.ofRole("attention");
  private static final Placement MLP = Placement.ofRole("mlp");
  private static final Placement TOP = ATTENTION.in(new LayerSet("1"));
  private static final int BUDGET = 10_000;

  private static NDManager manager;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  /** Every kind that leaves the backbone's weights alone, some more than once so that they join. */
  private static List<AdapterSpec> kinds() {
    return List.of(
        AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0),
        AdapterSpec.Lora.plain(ATTENTION, 2, 8, 0),
        AdapterSpec.Lora.plain(MLP, 3, 2, 0),
        AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0.3),
        new AdapterSpec.Lora(ATTENTION, 4, 8, 0.2, true, true, Bias.NONE),
        new AdapterSpec.Series(MLP, 6, Activation.GELU, 0.5, 0, Insertion.OUTPUT),
        new AdapterSpec.Series(MLP, 3, Activation.GELU, 1, 0, Insertion.OUTPUT),
        new AdapterSpec.Series(ATTENTION, 6, Activation.SILU, 1, 0.1, Insertion.INPUT),
        new AdapterSpec.Parallel(ATTENTION, 6, Activation.RELU, 2, 0),
        new AdapterSpec.Parallel(ATTENTION, 5, Activation.TANH, 2, 0),
        new AdapterSpec.Ia3(Placement.ofRole("all-linear")),
        new AdapterSpec.Ia3(MLP),
        AdapterSpec.Prefix.plain(3),
        new AdapterSpec.Prompt(4, null),
        new AdapterSpec.PTuning(2, Encoder.MLP, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "bloom", "opt", "gptj", "gpt_neox"})
  void everyKindInOneBundle_endsAsAlone(String model) throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path(model + "/model"), ComputeType.FLOAT32)) {
      List<JobSpec> jobs = new ArrayList<>();
      for (AdapterSpec kind : kinds()) {
        jobs.add(job(jobs.size(), kind, 6, 1e-2));
      }
      Together together = new Together(backbone, BUDGET);
      jobs.forEach(together::join);
      together.runAll();
      for (JobSpec job : jobs) {
        together.assertEndedAsAlone(job);
      }
    }
  }

  @Test
  void membersThatDivergeFinishStopAndJoin_leaveTheOthersAsAlone() throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32)) {
      JobSpec whole = job(0, AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0.2), 9, 1e-2);
      JobSpec diverges = job(1, AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0), 9, 1e6);
      JobSpec brief = job(2, kinds().get(8), 3, 1e-2);
      JobSpec stopped = job(3, kinds().get(5), 9, 1e-2);
      JobSpec later = job(4, AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0), 5, 1e-2);
      JobSpec last = job(5, AdapterSpec.Prefix.plain(3), 2, 1e-2);

      Together together = new Together(backbone, BUDGET);
      together.join(whole);
      together.join(diverges);
      together.join(brief);
      StopsAfter control = new StopsAfter(2);
      together.join(stopped, control);
      together.rounds(7);
      together.join(later);
      together.rounds(3);
      together.join(last);
      together.runAll();

      assertThat(together.ending(diverges).result().diverged()).isTrue();
      assertThat(together.ending(stopped).failure()).isInstanceOf(JobStoppedException.class);
      for (JobSpec job : List.of(whole, brief, later, last)) {
        together.assertEndedAsAlone(job);
      }
      // what was checkpointed in the bundle goes on alone to the same end
      Trained resumed = alone(backbone, stopped, "3", RunControl.unattended());
      assertClose(resumed, alone(backbone, stopped, "undisturbed", RunControl.unattended()));
    }
  }

  @Test
  void budgetOfOneMicroBatch_takesTurnsAndEndsBitForBitAsAlone() throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32)) {
      Together together = new Together(backbone, 1);
      List<JobSpec> jobs =
          List.of(job(0, kinds().get(0), 4, 1e-2), job(1, kinds().get(3), 4, 1e-2));
      jobs.forEach(together::join);
      together.runAll();
      for (JobSpec job : jobs) {
        assertThat(together.trained(job))
            .isEqualTo(alone(backbone, job, "alone" + job.index(), RunControl.unattended()));
      }
    }
  }

  @Test
  void upperLayersAlone_runOnTheKeptPrefixAndEndAsWithoutIt() throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32)) {
      JobSpec top = job(0, AdapterSpec.Lora.plain(TOP, 4, 8, 0.2), 8, 1e-2);
      JobSpec other =
          job(1, new AdapterSpec.Series(TOP, 4, Activation.TANH, 1, 0, Insertion.OUTPUT), 8, 1e-2);
      Trained reference = withoutPrefix(backbone, top);
      Trained computed = alone(backbone, top, "computed", RunControl.unattended());
      backbone.keepPrefixStates(1 << 20);
      Trained kept = alone(backbone, top, "kept", RunControl.unattended());

      assertThat(backbone.frozenLayers(Attachment.NONE)).isEqualTo(backbone.config().layers());
      assertThat(backbone.prefixBytes()).isPositive();
      assertThat(kept).isEqualTo(computed);
      assertClose(kept, reference);
      Together together = new Together(backbone, BUDGET);
      together.join(top);
      together.join(other);
      together.runAll();
      together.assertEndedAsAlone(top);
      together.assertEndedAsAlone(other);
    }
  }

  @Test
  void memberWhosePassFails_failsByItself() throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32)) {
      Together together = new Together(backbone, BUDGET);
      JobSpec good = job(0, kinds().get(0), 5, 1e-2);
      JobSpec bad = job(1, kinds().get(8), 5, 1e-2);
      together.join(good);
      together.join(
          bad,
          new Failing(
              create(backbone, bad), 3, Integer.MAX_VALUE, new IllegalStateException("boom")));
      together.runAll();
      assertThat(together.ending(bad).failure()).hasMessage("boom");
      together.assertEndedAsAlone(good);
    }
  }

  @Test
  void passThatDoesNotFit_isSplitAndAllGoOn() throws IOException {
    try (Backbone backbone =
        Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32)) {
      Together together = new Together(backbone, BUDGET);
      JobSpec first = job(0, kinds().get(0), 4, 1e-2);
      JobSpec second = job(1, kinds().get(8), 4, 1e-2);
      together.join(first);
      together.join(
          second, new Failing(create(backbone, second), 1, 1, new OutOfMemoryError("full")));
      together.runAll();
      together.assertEndedAsAlone(first);
      together.assertEndedAsAlone(second);
    }
  }

  /** What training comes to. */
  private record Trained(List<Double> losses, List<List<Float>> weights) {}

  private static void assertClose(Trained actual, Trained expected) {
    assertThat(actual.losses).hasSameSizeAs(expected.losses);
    for (int i = 0; i < expected.losses.size(); i++) {
      assertThat(actual.losses.get(i))
          .as("loss " + i)
          .isCloseTo(expected.losses.get(i), within(2e-4));
    }
    for (int i = 0; i < expected.weights.size(); i++) {
      for (int j = 0; j < expected.weights.get(i).size(); j++) {
        assertThat(actual.weights.get(i).get(j))
            .isCloseTo(expected.weights.get(i).get(j), within(2e-3f));
      }
    }
  }

  private static Adapter create(Backbone backbone, JobSpec job) {
    return Adapters.create(job.adapter(), backbone, job.seed());
  }

  private TrainingRun trainingRun(
      Backbone backbone, JobSpec job, Adapter adapter, String name, RunControl control) {
    return new TrainingRun(
        job,
        backbone,
        adapter,
        ROWS,
        new DirectoryCheckpoints(directory.resolve(name), "job"),
        control);
  }

  private Trained alone(Backbone backbone, JobSpec job, String name, RunControl control)
      throws IOException {
    try (Adapter adapter = create(backbone, job)) {
      TrainingRun.Result result = trainingRun(backbone, job, adapter, name, control).run();
      return new Trained(result.losses(), weights(adapter));
    }
  }

  /** Through the plain decoder, whose every layer runs. */
  private static Trained withoutPrefix(Backbone backbone, JobSpec job) {
    TrainSpec train = job.train();
    try (Adapter adapter = create(backbone, job);
        Trainer trainer =
            new Trainer(backbone, adapter, train.weightDecay(), train.clip(), job.seed())) {
      BatchOrder order = new BatchOrder(train, ROWS.size(), job.data().shuffle(), job.seed());
      RateSchedule schedule = RateSchedule.of(train, order.steps());
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < order.steps(); step++) {
        List<TrainingRow> batch = new ArrayList<>();
        for (int row : order.rows(step)) {
          batch.add(ROWS.get(row));
        }
        losses.add(trainer.step(batch, train.microBatch(), schedule.rate(step), step).loss());
      }
      return new Trained(losses, weights(adapter));
    }
  }

  private static List<List<Float>> weights(Adapter adapter) {
    List<List<Float>> weights = new ArrayList<>();
    for (Parameter parameter : adapter.parameters()) {
      List<Float> values = new ArrayList<>();
      for (float value : parameter.value().toFloatArray()) {
        values.add(value);
      }
      weights.add(values);
    }
    return weights;
  }

  /** Three micro-batches a step, of unequal rows. */
  private static JobSpec job(int index, AdapterSpec adapter, int steps, double rate) {
    return new JobSpec(
        index,
        "/backbone",
        new DataSpec("/train.json", List.of(), "alpaca", 64, true, index % 4 != 3),
        adapter,
        new TrainSpec(0, steps, 5, 2, rate, 1, 0.01, 1, Schedule.LINEAR, 0, false),
        new EvaluateSpec("greedy", 8),
        5,
        "/adapter",
        "/checkpoints",
        ComputeType.FLOAT32);
  }

  private static final List<TrainingRow> ROWS = rows();

  private static List<TrainingRow> rows() {
    Random random = new Random(3);
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      int[] tokens = random.ints(5 + i % 4, 3, 128).toArray();
      int[] labels = tokens.clone();
      labels[1] = TrainingRow.NO_LOSS;
      rows.add(new TrainingRow(tokens, labels));
    }
    return rows;
  }

  /** A bundle, and what became of its members. */
  private final class Together {
    private final Backbone backbone;
    private final Bundle bundle;
    private final Map<Integer, Adapter> adapters = new HashMap<>();
    private final Map<Integer, Bundle.Ending> endings = new HashMap<>();

    Together(Backbone backbone, int budget) {
      this.backbone = backbone;
      this.bundle = new Bundle(backbone, budget);
    }

    void join(JobSpec job) {
      join(job, create(backbone, job), RunControl.unattended());
    }

    void join(JobSpec job, RunControl control) {
      join(job, create(backbone, job), control);
    }

    void join(JobSpec job, Adapter adapter) {
      join(job, adapter, RunControl.unattended());
    }

    private void join(JobSpec job, Adapter adapter, RunControl control) {
      adapters.put(job.index(), adapter);
      bundle.join(trainingRun(backbone, job, adapter, "" + job.index(), control));
    }

    void rounds(int count) {
      for (int i = 0; i < count; i++) {
        for (Bundle.Ending ending : bundle.round()) {
          endings.put(ending.run().job().index(), ending);
        }
      }
    }

    void runAll() {
      while (!bundle.isEmpty()) {
        rounds(1);
      }
    }

    Bundle.Ending ending(JobSpec job) {
      return endings.get(job.index());
    }

    Trained trained(JobSpec job) {
      assertThat(ending(job).failure()).as(job.adapter().toString()).isNull();
      return new Trained(ending(job).result().losses(), weights(adapters.get(job.index())));
    }

    void assertEndedAsAlone(JobSpec job) throws IOException {
      assertClose(
          trained(job), alone(backbone, job, "alone" + job.index(), RunControl.unattended()));
    }
  }

  /** Asks to checkpoint and stop after so many steps. */
  private static final class StopsAfter implements RunControl {
    private final int steps;
    private int done;

    StopsAfter(int steps) {
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

  /** An adapter in whose passes something breaks: from one pass on, so many times. */
  private static final class Failing implements Adapter {
    private final Adapter real;
    private final int from;
    private final Throwable failure;
    private int left;
    private int passes;

    Failing(Adapter real, int from, int times, Throwable failure) {
      this.real = real;
      this.from = from;
      this.left = times;
      this.failure = failure;
    }

    @Override
    public List<NDArray> prompt(NDManager scope) {
      passes++;
      if (passes > from && left > 0) {
        left--;
        if (failure instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failure;
      }
      return List.of();
    }

    @Override
    public Projection projection(String module, FrozenLinear linear) {
      return real.projection(module, linear);
    }

    @Override
    public Optional<Contribution> contribution(String module) {
      return real.contribution(module);
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
