package dev.floe.sweeps.expand;

import static dev.floe.sweeps.Samples.quickstart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.sweeps.Samples;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ExpansionTest {
  private static final Path OUT = Path.of("/runs/one");

  @TempDir Path directory;

  private Expansion expand(String yaml) throws SweepFileException {
    return Expansion.of(Samples.read(directory, yaml), OUT);
  }

  private static List<String> adapterNames(Expansion expansion) {
    return IntStream.range(0, expansion.size())
        .mapToObj(i -> Path.of(expansion.job(i).adapterDirectory()).getFileName().toString())
        .toList();
  }

  @Test
  void quickstart_expandsWithTheTypeSlowestAndTheSeedFastest() throws SweepFileException {
    Expansion expansion = expand(quickstart("seeds: [0]", "seeds: [0, 7]"));
    assertThat(expansion.size()).isEqualTo(24);
    assertThat(expansion.axes())
        .containsExactly("adapter.type", "adapter.placement", "adapter.rank", "seed");
    assertThat(adapterNames(expansion))
        .startsWith(
            "0000-lora-attention-r4-s0",
            "0001-lora-attention-r4-s7",
            "0002-lora-attention-r16-s0",
            "0003-lora-attention-r16-s7",
            "0004-lora-mlp-r4-s0")
        .endsWith("0022-parallel-mlp-r16-s0", "0023-parallel-mlp-r16-s7");
  }

  @Test
  void job_hasEverySettingResolved() throws SweepFileException {
    Expansion expansion = expand(Samples.QUICKSTART);
    SweepSpec spec = expansion.spec();
    assertThat(expansion.job(3))
        .isEqualTo(
            new JobSpec(
                3,
                spec.backbone(),
                spec.data(),
                AdapterSpec.Lora.plain(Placement.ofRole("mlp"), 16, 32, 0),
                new TrainSpec(3, 0, 16, 4, 3e-4, 20, 0, 1, Schedule.LINEAR, 0, false),
                spec.evaluate(),
                0,
                "/runs/one/adapters/0003-lora-mlp-r16-s0",
                "/runs/one/checkpoints/0003",
                ComputeType.FLOAT32));
    assertThat(expansion.job(4).adapter())
        .isEqualTo(
            AdapterSpec.Series.fixed(
                Placement.ofRole("attention"), 4, Activation.TANH, 1, Insertion.OUTPUT));
    assertThat(expansion.job(11).adapter())
        .isEqualTo(AdapterSpec.Parallel.fixed(Placement.ofRole("mlp"), 16, Activation.TANH, 1));
  }

  @Test
  void baseline_isTheUntunedBackbone() throws SweepFileException {
    JobSpec baseline = expand(Samples.QUICKSTART).baseline();
    assertThat(baseline.index()).isEqualTo(JobSpec.BASELINE);
    assertThat(baseline.adapter()).isEqualTo(new AdapterSpec.Untuned());
    assertThat(baseline.adapterDirectory()).isEqualTo("/runs/one/adapters/baseline");
  }

  @Test
  void parameters_nameWhatEveryJobHasAndWhatVaries() throws SweepFileException {
    Expansion expansion = expand(quickstart("rate: 3e-4", "rate: [3e-4, 0.001]"));
    assertThat(expansion.axes())
        .containsExactly(
            "adapter.type", "adapter.placement", "adapter.rank", "train.learning-rate", "seed");
    assertThat(expansion.parameters(1))
        .containsExactly(
            entry("adapter.type", "lora"),
            entry("adapter.placement", "attention"),
            entry("adapter.rank", 4),
            entry("train.learning-rate", 0.001),
            entry("seed", 0L));
  }

  @Test
  void dtype_variesSlowestWithinATypeAndIsFloat32ByDefault() throws SweepFileException {
    Expansion expansion = expand(quickstart("seeds: [0]", "dtype: [float32, bfloat16]"));
    assertThat(expansion.size()).isEqualTo(24);
    assertThat(expansion.job(3).dtype()).isEqualTo(ComputeType.FLOAT32);
    assertThat(expansion.job(4).dtype()).isEqualTo(ComputeType.BFLOAT16);
    assertThat(expansion.parameters(4)).contains(entry("dtype", "bfloat16"));
    assertThat(expand(Samples.QUICKSTART).job(4).dtype()).isEqualTo(ComputeType.FLOAT32);
    assertThat(expand(Samples.QUICKSTART).spec().toJson()).doesNotContain("dtype");
  }

  @Test
  void axisOfOneType_doesNotMultiplyTheOthers() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart("[lora, series, parallel]", "[full, lora, series]")
                .replace("[4, 16]", "4\n  alpha: [1, 2]\n  insertion: [input, output]")
                .replace("[attention, mlp]", "mlp"));
    assertThat(adapterNames(expansion))
        .containsExactly(
            "0000-full-s0",
            "0001-lora-mlp-r4-alpha_1.0-s0",
            "0002-lora-mlp-r4-alpha_2.0-s0",
            "0003-series-mlp-r4-insertion_input-s0",
            "0004-series-mlp-r4-insertion_output-s0");
    assertThat(expansion.job(0).adapter())
        .isEqualTo(AdapterSpec.Full.everyWeight(Initial.PRETRAINED));
    assertThat(expansion.parameters(0))
        .containsExactly(entry("adapter.type", "full"), entry("seed", 0L));
    assertThat(IntStream.range(0, 5).mapToObj(i -> expansion.job(i).adapter()))
        .doesNotHaveDuplicates();
  }

  @Test
  void prefix_hasVirtualTokensAndNoPlacement() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart("[lora, series, parallel]", "[prefix, lora]\n  virtual-tokens: [10, 20]")
                .replace("[attention, mlp]", "mlp")
                .replace("[4, 16]", "4"));
    assertThat(adapterNames(expansion))
        .containsExactly("0000-prefix-v10-s0", "0001-prefix-v20-s0", "0002-lora-mlp-r4-s0");
    assertThat(expansion.job(1).adapter()).isEqualTo(AdapterSpec.Prefix.plain(20));
    assertThat(expansion.parameters(1))
        .containsExactly(
            entry("adapter.type", "prefix"),
            entry("adapter.virtual-tokens", 20),
            entry("seed", 0L));
  }

  @Test
  void virtualTokens_haveOptionsOfTheirTypes() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart(
                    "[lora, series, parallel]",
                    "[prefix, prompt, p-tuning]\n  virtual-tokens: 8\n  projection: true\n"
                        + "  encoder: [mlp, lstm]\n  encoder-size: 32\n  init-text: Solve it.")
                .replace("  placement: [attention, mlp]\n  rank: [4, 16]\n", ""));
    assertThat(adapterNames(expansion))
        .containsExactly(
            "0000-prefix-v8-s0",
            "0001-prompt-v8-s0",
            "0002-p-tuning-v8-encoder_mlp-s0",
            "0003-p-tuning-v8-encoder_lstm-s0");
    assertThat(IntStream.range(0, 4).mapToObj(i -> expansion.job(i).adapter()))
        .containsExactly(
            new AdapterSpec.Prefix(8, true, 32),
            new AdapterSpec.Prompt(8, "Solve it."),
            new AdapterSpec.PTuning(8, AdapterSpec.Encoder.MLP, 32),
            new AdapterSpec.PTuning(8, AdapterSpec.Encoder.LSTM, 32));
  }

  @Test
  void loraOptions_areAxesOfLoraAlone() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart(
                    "[lora, series, parallel]",
                    "[lora, ia3]\n  dora: [false, true]\n  bias: [lora-only, all]\n  rslora: true")
                .replace("[attention, mlp]", "qv")
                .replace("[4, 16]", "4"));
    assertThat(adapterNames(expansion))
        .containsExactly(
            "0000-lora-qv-r4-dora_false-bias_lora-only-s0",
            "0001-lora-qv-r4-dora_false-bias_all-s0",
            "0002-lora-qv-r4-dora_true-bias_lora-only-s0",
            "0003-lora-qv-r4-dora_true-bias_all-s0",
            "0004-ia3-qv-s0");
    Placement qv = Placement.ofRole("qv");
    assertThat(expansion.job(3).adapter())
        .isEqualTo(new AdapterSpec.Lora(qv, 4, 8, 0, true, true, Bias.ALL, null));
    assertThat(expansion.job(4).adapter()).isEqualTo(new AdapterSpec.Ia3(qv));
  }

  @Test
  void bottleneckOptions_areAxesOfTheTypesThatHaveThem() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart(
                    "[lora, series, parallel]",
                    "[parallel, series]\n  beside: [projections, mlp-block]\n"
                        + "  scaling: [4, learned]\n  init-weights: kaiming")
                .replace("[attention, mlp]", "mlp")
                .replace("[4, 16]", "4"));
    assertThat(adapterNames(expansion))
        .containsExactly(
            "0000-parallel-mlp-r4-scaling_4.0-beside_projections-s0",
            "0001-parallel-mlp-r4-scaling_4.0-beside_mlp-block-s0",
            "0002-parallel-mlp-r4-scaling_learned-beside_projections-s0",
            "0003-parallel-mlp-r4-scaling_learned-beside_mlp-block-s0",
            "0004-series-mlp-r4-scaling_4.0-s0",
            "0005-series-mlp-r4-scaling_learned-s0");
    assertThat(expansion.job(3).adapter())
        .isEqualTo(
            new AdapterSpec.Parallel(
                Placement.ofRole("mlp"),
                4,
                Activation.TANH,
                Scaling.trained(),
                0,
                Beside.MLP_BLOCK,
                InitWeights.KAIMING));
  }

  @Test
  void modulesOfFullTraining_areAnAxisOfItsOwn() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart("[lora, series, parallel]", "[full, lora]\n  modules: [attention, mlp]")
                .replace("[attention, mlp]\n  rank", "qv\n  rank")
                .replace("[4, 16]", "4"));
    assertThat(adapterNames(expansion))
        .containsExactly(
            "0000-full-modules_attention-s0", "0001-full-modules_mlp-s0", "0002-lora-qv-r4-s0");
    assertThat(expansion.job(1).adapter())
        .isEqualTo(new AdapterSpec.Full(Initial.PRETRAINED, Placement.ofRole("mlp")));
  }

  @Test
  void moduleNames_makeSafeDirectoryNames() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart(
                "[attention, mlp]", "[{modules: [q_proj, v_proj], layers: 2..5}, [a/../b]]"));
    assertThat(adapterNames(expansion))
        .startsWith("0000-lora-q_proj+v_proj@2..5-r4-s0", "0001-lora-q_proj+v_proj@2..5-r16-s0")
        .contains("0002-lora-a_.._b-r4-s0");
  }

  @Test
  void longModuleList_isCutInTheDirectoryName() throws SweepFileException {
    String modules =
        IntStream.range(0, 60).mapToObj(i -> "module" + i).collect(Collectors.joining(", "));
    List<String> names = adapterNames(expand(quickstart("[attention, mlp]", "[" + modules + "]")));
    assertThat(names).allMatch(name -> name.length() <= 120).doesNotHaveDuplicates();
  }

  @Test
  void trainAxes_reachTheJob() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart("epochs: 3", "steps: [5, 6]")
                .replace("micro-batch: 4", "clip: [0, 2]")
                .replace("  clip: 1.0\n", ""));
    assertThat(expansion.job(0).train())
        .isEqualTo(new TrainSpec(0, 5, 16, 16, 3e-4, 20, 0, 0, Schedule.LINEAR, 0, false));
    assertThat(expansion.job(1).train())
        .isEqualTo(new TrainSpec(0, 5, 16, 16, 3e-4, 20, 0, 2, Schedule.LINEAR, 0, false));
    assertThat(expansion.job(2).train())
        .isEqualTo(new TrainSpec(0, 6, 16, 16, 3e-4, 20, 0, 0, Schedule.LINEAR, 0, false));
  }

  @Test
  void scheduleAndWarmupRatio_reachTheJob() throws SweepFileException {
    Expansion expansion =
        expand(
            quickstart(
                "warmup-steps: 20",
                "schedule: cosine\n  warmup-ratio: 0.1\n  group-by-length: true"));
    assertThat(expansion.job(0).train())
        .isEqualTo(new TrainSpec(3, 0, 16, 4, 3e-4, 0, 0, 1, Schedule.COSINE, 0.1, true));
  }

  @Test
  @Timeout(10)
  void millionJobs_costNothing() throws SweepFileException {
    SweepSpec spec =
        Samples.read(
            directory, quickstart("[lora, series, parallel]", "lora").replace("[4, 16]", "4"));
    SweepSpec million =
        new SweepSpec(
            spec.name(),
            spec.backbone(),
            spec.data(),
            spec.adapter(),
            spec.train(),
            LongStream.range(0, 500_000).boxed().toList(),
            spec.evaluate(),
            spec.dtypes());
    for (int i = 0; i < 1000; i++) {
      assertThat(Expansion.of(million, OUT).size()).isEqualTo(1_000_000);
    }
    Expansion expansion = Expansion.of(million, OUT);
    assertThat(expansion.job(499_999).seed()).isEqualTo(499_999);
    assertThat(expansion.job(500_000).seed()).isZero();
    assertThat(expansion.job(999_999).adapterDirectory())
        .isEqualTo("/runs/one/adapters/999999-lora-mlp-r4-s499999");
    assertThat(expansion.job(7).checkpointDirectory()).isEqualTo("/runs/one/checkpoints/000007");
  }

  @Test
  void checkpointsElsewhere_areBelowTheSweepsId() throws SweepFileException {
    Expansion expansion =
        expand(Samples.QUICKSTART + "checkpoint: {path: s3://bucket/checkpoints}\n");
    String own = "s3://bucket/checkpoints/" + expansion.spec().id();
    assertThat(expansion.job(3).checkpointDirectory()).isEqualTo(own + "/0003");
    assertThat(expansion.baseline().checkpointDirectory()).isEqualTo(own + "/baseline");
  }

  @Test
  void indexOutsideTheExpansion_isRefused() throws SweepFileException {
    Expansion expansion = expand(Samples.QUICKSTART);
    assertThatThrownBy(() -> expansion.job(12)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> expansion.parameters(-1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
