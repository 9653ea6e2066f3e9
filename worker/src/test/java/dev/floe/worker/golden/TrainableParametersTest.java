package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.backbone.LinearPart;
import dev.floe.protocol.catalog.AdapterKind;
import dev.floe.protocol.catalog.AdapterKind.Trained;
import dev.floe.protocol.catalog.Formula;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.WeightSlot;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The formulas of {@link AdapterKind} against what is trained, on every architecture. */
class TrainableParametersTest {
  private static final Placement ALL = Placement.ofRole("all-linear");
  private static final int R = 3;
  private static final int V = 5;
  private static final int H = 12;

  private static GoldenBackbones backbones;

  /**
   * An adapter whose count a formula gives.
   *
   * @param modules those of all linears that the formula counts
   */
  private record Case(
      AdapterKind kind, String option, AdapterSpec spec, Predicate<LinearModule> modules) {
    static Case onAll(AdapterKind kind, String option, AdapterSpec spec) {
      return new Case(kind, option, spec, module -> true);
    }

    @Override
    public String toString() {
      return kind.type() + " " + option;
    }
  }

  private static final List<Case> CASES =
      List.of(
          Case.onAll(AdapterKind.LORA, "", lora(false, false, Bias.NONE)),
          Case.onAll(AdapterKind.LORA, "rslora: true", lora(true, false, Bias.NONE)),
          Case.onAll(AdapterKind.LORA, "dora: true", lora(false, true, Bias.NONE)),
          Case.onAll(AdapterKind.LORA, "bias: lora-only", lora(false, false, Bias.LORA_ONLY)),
          Case.onAll(AdapterKind.LORA, "bias: all", lora(false, false, Bias.ALL)),
          series("", Insertion.OUTPUT, Scaling.fixed(1)),
          series("insertion: input", Insertion.INPUT, Scaling.fixed(1)),
          series("scaling: learned", Insertion.OUTPUT, Scaling.trained()),
          Case.onAll(AdapterKind.PARALLEL, "", parallel(Beside.PROJECTIONS, Scaling.fixed(1))),
          Case.onAll(
              AdapterKind.PARALLEL,
              "scaling: learned",
              parallel(Beside.PROJECTIONS, Scaling.trained())),
          new Case(
              AdapterKind.PARALLEL,
              "beside: mlp-block",
              parallel(Beside.MLP_BLOCK, Scaling.fixed(1)),
              TrainableParametersTest::endsAnMlp),
          new Case(
              AdapterKind.IA3,
              "",
              new AdapterSpec.Ia3(Placement.ofRole("attention")),
              module -> module.target().part().isAttention()),
          new Case(
              AdapterKind.IA3,
              "the MLP's last linear",
              new AdapterSpec.Ia3(Placement.ofMatch(".*\\.(down_proj|dense_4h_to_h|fc_out|fc2)")),
              TrainableParametersTest::endsAnMlp),
          Case.onAll(AdapterKind.PREFIX, "", AdapterSpec.Prefix.plain(V)),
          Case.onAll(AdapterKind.PREFIX, "projection: true", new AdapterSpec.Prefix(V, true, H)),
          Case.onAll(AdapterKind.PROMPT, "", new AdapterSpec.Prompt(V, null)),
          Case.onAll(
              AdapterKind.P_TUNING, "encoder: mlp", new AdapterSpec.PTuning(V, Encoder.MLP, H)),
          Case.onAll(
              AdapterKind.P_TUNING, "encoder: lstm", new AdapterSpec.PTuning(V, Encoder.LSTM, H)),
          Case.onAll(AdapterKind.FULL, "", AdapterSpec.Full.everyWeight(Initial.PRETRAINED)),
          new Case(
              AdapterKind.FULL,
              "modules",
              new AdapterSpec.Full(Initial.PRETRAINED, Placement.ofRole("mlp")),
              module -> !module.target().part().isAttention()));

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones();
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  static Stream<Arguments> counts() {
    return GoldenBackbones.namesAndVariants()
        .flatMap(model -> CASES.stream().map(one -> Arguments.of(model, one)));
  }

  @ParameterizedTest
  @MethodSource("counts")
  void adapter_trainsWhatItsFormulaSays(String model, Case one) throws IOException {
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = Adapters.create(one.spec, backbone, 0)) {
      assertThat(adapter.trainableParameters()).isEqualTo(expected(backbone, one));
    }
  }

  @Test
  void everyFormula_isChecked() {
    assertThat(CASES.stream().map(Case::toString))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(AdapterKind.values())
                .flatMap(kind -> kind.trained().stream().map(t -> kind.type() + " " + t.option()))
                .toList());
  }

  @Test
  void projectionWithoutASize_isAsWideAsTheKeys_andTheUntunedBackboneTrainsNothing()
      throws IOException {
    Backbone backbone = backbones.get("llama-gqa");
    Map<String, Long> names = new HashMap<>(ofBackbone(backbone));
    names.put("h", names.get("K") * names.get("D"));
    Formula formula = AdapterKind.PREFIX.trained("projection: true").once().get(0);
    try (Adapter untuned = Adapters.create(new AdapterSpec.Untuned(), backbone, 0);
        Adapter prefix = Adapters.create(new AdapterSpec.Prefix(V, true, 0), backbone, 0)) {
      assertThat(untuned.trainableParameters()).isZero();
      assertThat(prefix.trainableParameters()).isEqualTo(formula.evaluate(names));
    }
  }

  private static long expected(Backbone backbone, Case one) {
    Trained trained = one.kind.trained(one.option);
    Map<String, Long> names = ofBackbone(backbone);
    long sum = 0;
    for (Formula formula : trained.once()) {
      sum += formula.evaluate(names);
    }
    for (Formula formula : trained.each()) {
      for (LinearModule module : backbone.modules()) {
        sum += one.modules.test(module) ? formula.evaluate(ofModule(names, module)) : 0;
      }
    }
    return sum;
  }

  private static Map<String, Long> ofBackbone(Backbone backbone) {
    BackboneConfig config = backbone.config();
    List<WeightSlot> weights = config.layout().weights();
    Map<String, Long> names = new HashMap<>();
    names.put("r", (long) R);
    names.put("V", (long) V);
    names.put("h", (long) H);
    names.put("L", (long) config.layers());
    names.put("K", (long) config.keyValueHeads());
    names.put("D", (long) config.headDimension());
    names.put("d", (long) config.hidden());
    names.put("e", weights.get(0).dimensions().get(1));
    names.put("weights", backbone.description().parameters());
    names.put(
        "biases",
        weights.stream()
            .filter(slot -> slot.name().endsWith(".bias"))
            .mapToLong(WeightSlot::elements)
            .sum());
    return names;
  }

  private static Map<String, Long> ofModule(Map<String, Long> names, LinearModule module) {
    Map<String, Long> all = new HashMap<>(names);
    all.put("in", (long) module.in());
    all.put("out", (long) module.out());
    all.put("bias", module.target().bias() ? module.out() : 0L);
    return all;
  }

  private static boolean endsAnMlp(LinearModule module) {
    return module.target().part() == LinearPart.MLP_OUTPUT;
  }

  private static AdapterSpec lora(boolean rslora, boolean dora, Bias bias) {
    return new AdapterSpec.Lora(ALL, R, 2 * R, 0, rslora, dora, bias, null);
  }

  private static Case series(String option, Insertion insertion, Scaling scaling) {
    return new Case(
        AdapterKind.SERIES,
        option,
        new AdapterSpec.Series(ALL, R, Activation.RELU, scaling, 0, insertion, null),
        module -> module.target().part().isOutput());
  }

  private static AdapterSpec parallel(Beside beside, Scaling scaling) {
    return new AdapterSpec.Parallel(ALL, R, Activation.TANH, scaling, 0, beside, null);
  }
}
