package dev.floe.sweeps.file;

import static dev.floe.sweeps.Samples.quickstart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.BundleSpec;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Task;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.sweeps.Samples;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SweepFileTest {
  @TempDir Path directory;

  private SweepSpec read(String yaml) throws SweepFileException {
    return Samples.read(directory, yaml);
  }

  @Test
  void quickstart_isReadInFull() throws SweepFileException {
    assertThat(read(Samples.QUICKSTART))
        .isEqualTo(
            new SweepSpec(
                "quickstart",
                directory.resolve("backbones/quickstart").toString(),
                new DataSpec(
                    directory.resolve("data/train.json").toString(),
                    List.of(directory.resolve("data/test.json").toString()),
                    "alpaca",
                    256,
                    true,
                    true),
                new AdapterAxes(
                    List.of(AdapterType.LORA, AdapterType.SERIES, AdapterType.PARALLEL),
                    List.of(Placement.ofRole("attention"), Placement.ofRole("mlp")),
                    List.of(4, 16),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of()),
                new TrainAxes(
                    List.of(3),
                    List.of(),
                    List.of(16),
                    List.of(4),
                    List.of(3e-4),
                    List.of(20),
                    List.of(0.0),
                    List.of(1.0),
                    List.of(),
                    List.of(),
                    List.of()),
                List.of(0L),
                new EvaluateSpec("greedy", 32),
                List.of()));
  }

  @Test
  void whatIsLeftOut_takesItsDefault() throws SweepFileException {
    SweepSpec spec =
        read(
            """
            name: small
            backbone: /models/llama
            data: {train: /data/rows.json}
            adapter: {type: lora, placement: mlp, rank: 8}
            train: {steps: 10, batch: 4, learning-rate: 0.001}
            """);
    assertThat(spec.backbone()).isEqualTo("/models/llama");
    assertThat(spec.data())
        .isEqualTo(new DataSpec("/data/rows.json", List.of(), "alpaca", 256, true, true));
    assertThat(spec.seeds()).containsExactly(0L);
    assertThat(spec.evaluate()).isEqualTo(new EvaluateSpec("greedy", 256));
  }

  @Test
  void everyAdapterAndTrainSetting_mayBeAnAxis() throws SweepFileException {
    SweepSpec spec =
        read(
            """
            name: wide
            backbone: b
            data: {train: t.json, evaluate: [], order: as-given, train-on-inputs: False}
            adapter:
              type: [series, lora, full, prefix, prompt, p-tuning]
              placement: mlp
              rank: [1, 2]
              alpha: [4, 8.5]
              dropout: [0, .1]
              activation: [relu, silu]
              scaling: [1, 2e0]
              insertion: [input, output]
              init: [random, pretrained]
              virtual-tokens: [10, 20]
              rslora: [true, false]
              dora: [false, true]
              bias: [none, lora-only]
              projection: [false, true]
              encoder: [lstm, mlp]
              encoder-size: [8, 16]
              init-text: [Solve it., Think first.]
            train:
              steps: [5, 6]
              batch: [8, 16]
              micro-batch: [1, 2]
              learning-rate: [1e-3, 3E-4]
              warmup-steps: [0, 2]
              schedule: [cosine, constant]
              group-by-length: [true, false]
              weight-decay: [0, 0.01]
              clip: [0, 1]
            seeds: [0, 9007199254740993]
            """);
    assertThat(spec.data().shuffle()).isFalse();
    assertThat(spec.data().trainOnInputs()).isFalse();
    assertThat(spec.data().evaluate()).isEmpty();
    assertThat(spec.adapter().alphas()).containsExactly(4.0, 8.5);
    assertThat(spec.adapter().dropouts()).containsExactly(0.0, 0.1);
    assertThat(spec.adapter().activations()).containsExactly(Activation.RELU, Activation.SILU);
    assertThat(spec.adapter().scalings()).containsExactly(1.0, 2.0);
    assertThat(spec.adapter().insertions()).containsExactly(Insertion.INPUT, Insertion.OUTPUT);
    assertThat(spec.adapter().virtualTokens()).containsExactly(10, 20);
    assertThat(spec.adapter().rsloras()).containsExactly(true, false);
    assertThat(spec.adapter().doras()).containsExactly(false, true);
    assertThat(spec.adapter().biases()).containsExactly(Bias.NONE, Bias.LORA_ONLY);
    assertThat(spec.adapter().projections()).containsExactly(false, true);
    assertThat(spec.adapter().encoders()).containsExactly(Encoder.LSTM, Encoder.MLP);
    assertThat(spec.adapter().encoderSizes()).containsExactly(8, 16);
    assertThat(spec.adapter().initTexts()).containsExactly("Solve it.", "Think first.");
    assertThat(spec.adapter().inits()).containsExactly(Initial.RANDOM, Initial.PRETRAINED);
    assertThat(spec.train())
        .isEqualTo(
            new TrainAxes(
                List.of(),
                List.of(5, 6),
                List.of(8, 16),
                List.of(1, 2),
                List.of(1e-3, 3e-4),
                List.of(0, 2),
                List.of(0.0, 0.01),
                List.of(0.0, 1.0),
                List.of(Schedule.COSINE, Schedule.CONSTANT),
                List.of(),
                List.of(true, false)));
    assertThat(spec.seeds()).containsExactly(0L, 9007199254740993L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("placements")
  void placement_isRead(String yaml, List<Placement> placements) throws SweepFileException {
    assertThat(read(quickstart("[attention, mlp]", yaml)).adapter().placements())
        .isEqualTo(placements);
  }

  static Stream<Arguments> placements() {
    Placement qv = Placement.ofModules(List.of("q_proj", "v_proj"));
    Placement mlp = Placement.ofRole("mlp");
    return Stream.of(
        arguments("mlp", List.of(mlp)),
        arguments("[mlp]", List.of(mlp)),
        arguments("[q_proj, v_proj]", List.of(qv)),
        arguments("[[q_proj, v_proj], mlp]", List.of(qv, mlp)),
        arguments(
            "{modules: [q_proj], layers: 2..5}",
            List.of(Placement.ofModules(List.of("q_proj")).in(new LayerSet("2..5")))),
        arguments("[mlp, {role: mlp, layers: 3}]", List.of(mlp, mlp.in(new LayerSet("3")))),
        arguments(
            "[qv, qkvo, all-linear]",
            List.of(
                Placement.ofRole("qv"), Placement.ofRole("qkvo"), Placement.ofRole("all-linear"))),
        arguments(
            "{match: '.*[qv]_proj', layers: [0, 2]}",
            List.of(Placement.ofMatch(".*[qv]_proj").in(new LayerSet("0,2")))),
        arguments(
            "[{role: mlp, layers: first-half}, {role: mlp, layers: every-2nd}]",
            List.of(mlp.in(new LayerSet("first-half")), mlp.in(new LayerSet("every-2nd")))),
        arguments("{role: mlp, layers: all}", List.of(mlp)));
  }

  @Test
  void evaluationSet_mayNameItsTask() throws SweepFileException {
    SweepSpec spec =
        read(
            """
            name: tasks
            backbone: /b
            data: {train: /t.json, evaluate: [/a.json, {file: /b.json, task: arc-e}]}
            adapter: {type: lora, placement: mlp, rank: 4}
            train: {steps: 1, batch: 1, learning-rate: 1e-3}
            evaluate: {limit: 50}
            """);
    assertThat(spec.data().evaluate()).containsExactly("/a.json", "/b.json");
    assertThat(spec.data().tasks()).isEqualTo(Map.of("/b.json", Task.ARC_E));
    assertThat(spec.evaluate().limit()).isEqualTo(50);
    assertThat(SweepSpec.fromJson(spec.toJson())).isEqualTo(spec);
  }

  @Test
  void customPrompt_keepsItsLines() throws SweepFileException {
    String prompt = "|\n    Q: {instruction}\n    A:";
    assertThat(read(quickstart("prompt: alpaca", "prompt: " + prompt)).data().prompt())
        .isEqualTo("Q: {instruction}\nA:\n");
  }

  @Test
  void bundles_areASwitchOrLimits_andTheDefaultLeavesTheIdAsItWas() throws SweepFileException {
    String plain = Samples.QUICKSTART;
    assertThat(read(plain).bundles()).isNull();
    assertThat(read(plain + "bundles: on\n").id()).isEqualTo(read(plain).id());
    assertThat(read(plain + "bundles: off\n").bundles()).isEqualTo(BundleSpec.OFF);
    assertThat(read(plain + "bundles: {max-jobs: 4}\n").bundles())
        .isEqualTo(new BundleSpec(4, BundleSpec.DEFAULT.tokenBudget()));
    assertThat(read(plain + "bundles: {token-budget: 2000}\n").bundles())
        .isEqualTo(new BundleSpec(BundleSpec.DEFAULT.maxJobs(), 2000));
    assertThatThrownBy(() -> read(plain + "bundles: [on]\n"))
        .hasMessageContaining("bundles: expected on, off, or a map with max-jobs");
    assertThatThrownBy(() -> read(plain + "bundles: {max-jobs: 0}\n"))
        .hasMessageContaining("bundles.max-jobs: must be >= 1, got 0");
  }
}
