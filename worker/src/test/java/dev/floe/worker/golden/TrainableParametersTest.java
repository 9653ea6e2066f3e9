package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.WeightSlot;
import java.io.IOException;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The formulas of {@code docs/adapters.md} against what is trained, on every architecture. */
class TrainableParametersTest {
  private static final Placement ALL = Placement.ofRole("all-linear");
  private static final int R = 3;
  private static final int V = 5;
  private static final int H = 12;

  private static GoldenBackbones backbones;

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones();
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  static Stream<String> models() {
    return GoldenBackbones.NAMES.stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void adaptersOnLinears_trainWhatTheFormulaSays(String model) throws IOException {
    Backbone backbone = backbones.get(model);
    assertTrained(
        backbone, lora(false, Bias.NONE), sum(backbone, m -> (long) R * (m.in() + m.out())));
    assertTrained(
        backbone,
        lora(true, Bias.NONE),
        sum(backbone, m -> (long) R * (m.in() + m.out()) + m.out()));
    assertTrained(
        backbone,
        lora(false, Bias.LORA_ONLY),
        sum(backbone, m -> (long) R * (m.in() + m.out()) + (m.target().bias() ? m.out() : 0)));
    assertTrained(
        backbone,
        lora(false, Bias.ALL),
        sum(backbone, m -> (long) R * (m.in() + m.out())) + allBiases(backbone));
    assertTrained(
        backbone,
        new AdapterSpec.Ia3(ALL),
        sum(backbone, m -> m.target().path().equals(mlpOutput(backbone)) ? m.in() : m.out()));
    assertTrained(
        backbone,
        new AdapterSpec.Parallel(ALL, R, Activation.TANH, 1, 0),
        sum(backbone, m -> (long) R * (m.in() + m.out())));
    assertTrained(
        backbone, series(Insertion.OUTPUT), sumOfOutputs(backbone, m -> 2L * R * m.out()));
    assertTrained(backbone, series(Insertion.INPUT), sumOfOutputs(backbone, m -> 2L * R * m.in()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void virtualTokens_trainWhatTheFormulaSays(String model) throws IOException {
    Backbone backbone = backbones.get(model);
    BackboneConfig config = backbone.config();
    long keys = (long) config.keyValueHeads() * config.headDimension();
    long all = 2L * config.layers() * keys;
    long e = config.hidden();
    assertTrained(backbone, AdapterSpec.Prefix.plain(V), V * all);
    assertTrained(
        backbone, new AdapterSpec.Prefix(V, true, H), V * keys + (keys + 1) * H + (H + 1L) * all);
    assertTrained(
        backbone,
        new AdapterSpec.Prefix(V, true, 0),
        V * keys + (keys + 1) * keys + (keys + 1) * all);
    assertTrained(backbone, new AdapterSpec.Prompt(V, null), V * e);
    assertTrained(
        backbone,
        new AdapterSpec.PTuning(V, Encoder.MLP, H),
        V * e + (e + 1) * H + (H + 1L) * H + (H + 1L) * e);
    assertTrained(
        backbone,
        new AdapterSpec.PTuning(V, Encoder.LSTM, H),
        V * e
            + 8L * H * (e + H + 2)
            + 8L * H * (3 * H + 2)
            + (2L * H + 1) * 2 * H
            + (2L * H + 1) * e);
  }

  @ParameterizedTest
  @MethodSource("models")
  void fullTraining_trainsTheBackbone(String model) throws IOException {
    Backbone backbone = backbones.get(model);
    assertTrained(
        backbone,
        new AdapterSpec.Full(AdapterSpec.Initial.PRETRAINED),
        backbone.description().parameters());
    assertTrained(backbone, new AdapterSpec.Untuned(), 0);
  }

  private static void assertTrained(Backbone backbone, AdapterSpec spec, long expected) {
    try (Adapter adapter = Adapters.create(spec, backbone, 0)) {
      assertThat(adapter.trainableParameters()).as("%s", spec).isEqualTo(expected);
    }
  }

  private static AdapterSpec lora(boolean dora, Bias bias) {
    return new AdapterSpec.Lora(ALL, R, 2 * R, 0, false, dora, bias);
  }

  private static AdapterSpec series(Insertion insertion) {
    return new AdapterSpec.Series(ALL, R, Activation.RELU, 1, 0, insertion);
  }

  private static long sum(Backbone backbone, ToLongFunction<LinearModule> weights) {
    return backbone.modules().stream().mapToLong(weights).sum();
  }

  private static long sumOfOutputs(Backbone backbone, ToLongFunction<LinearModule> weights) {
    return backbone.modules().stream()
        .filter(module -> module.target().part().isOutput())
        .mapToLong(weights)
        .sum();
  }

  /** The last linear of a layer is that of the MLP. */
  private static String mlpOutput(Backbone backbone) {
    int last = backbone.modules().size() - 1;
    return backbone.modules().get(last).target().path();
  }

  private static long allBiases(Backbone backbone) {
    return backbone.config().layout().weights().stream()
        .filter(slot -> slot.name().endsWith(".bias"))
        .mapToLong(WeightSlot::elements)
        .sum();
  }
}
