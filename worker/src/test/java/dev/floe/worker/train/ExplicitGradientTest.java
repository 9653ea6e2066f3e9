package dev.floe.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.Golden;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.kernel.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The written-out backward pass against autograd's. */
class ExplicitGradientTest {
  private static NDManager manager;

  @BeforeAll
  static void open() {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  static Stream<Arguments> placements() {
    return Stream.of("llama", "llama-gqa")
        .flatMap(
            model ->
                Stream.of(
                        Placement.ofRole("all-linear"),
                        Placement.ofModules(List.of("q_proj", "v_proj")),
                        new Placement(null, List.of("k_proj", "o_proj"), null, new LayerSet("1")),
                        new Placement(null, List.of("gate_proj"), null, new LayerSet("0")),
                        new Placement(null, List.of("down_proj"), null, new LayerSet("1")))
                    .map(placement -> Arguments.of(model, placement)));
  }

  @ParameterizedTest
  @MethodSource("placements")
  void lossAndGradients_areAutograds(String model, Placement placement) throws IOException {
    AdapterSpec spec = AdapterSpec.Lora.plain(placement, 4, 8, 0);
    try (Backbone backbone = load(model);
        Adapter explicit = Adapters.create(spec, backbone, 1);
        Adapter recorded = Adapters.create(spec, backbone, 1)) {
      List<TrainingRow> rows = rows();
      learnALittle(backbone, explicit);
      learnALittle(backbone, recorded);
      assertThat(backbone.decoder(explicit).explicitGradient()).isPresent();
      double loss = pass(backbone, explicit).accumulate(rows, 17);
      double expected = pass(backbone, recorded).accumulateRecorded(rows, 17);
      assertThat(loss).isCloseTo(expected, within(1e-5));
      for (int i = 0; i < explicit.parameters().size(); i++) {
        assertThat(gradient(explicit.parameters().get(i)))
            .usingComparatorWithPrecision(1e-6f)
            .containsExactly(gradient(recorded.parameters().get(i)));
      }
    }
  }

  @Test
  void dropout_followsTheSeedAlone() throws IOException {
    AdapterSpec spec = AdapterSpec.Lora.plain(Placement.ofRole("all-linear"), 4, 8, 0.5);
    try (Backbone backbone = load("llama")) {
      float[] first = droppedGradient(backbone, spec, 3);
      assertThat(droppedGradient(backbone, spec, 3)).isEqualTo(first);
      assertThat(droppedGradient(backbone, spec, 4)).isNotEqualTo(first);
    }
  }

  @Test
  void whatAutogradAloneCanDo_isLeftToIt() throws IOException {
    Placement all = Placement.ofRole("all-linear");
    try (Backbone backbone = load("llama");
        Adapter dora =
            Adapters.create(
                new AdapterSpec.Lora(all, 4, 8, 0, false, true, Bias.NONE, null), backbone, 1);
        Adapter full =
            Adapters.create(
                AdapterSpec.Full.everyWeight(AdapterSpec.Initial.PRETRAINED), backbone, 1)) {
      assertThat(backbone.decoder(dora).explicitGradient()).isEmpty();
      assertThat(backbone.decoder(full).explicitGradient()).isEmpty();
    }
  }

  /** The gradient of the last B, where only dropout can make a difference. */
  private static float[] droppedGradient(Backbone backbone, AdapterSpec spec, long seed) {
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      pass(backbone, adapter).accumulate(rows(), 17, seed);
      return gradient(adapter.parameters().get(adapter.parameters().size() - 1));
    }
  }

  /** B starts at zero, where A has no gradient yet. */
  private static void learnALittle(Backbone backbone, Adapter adapter) {
    Random random = new Random(9);
    for (Parameter parameter : adapter.parameters()) {
      float[] values = new float[Math.toIntExact(parameter.value().getShape().size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian(0, 0.05);
      }
      Tensors.write(backbone.kernels(), parameter.value(), values);
    }
  }

  private static GradientPass pass(Backbone backbone, Adapter adapter) {
    return new GradientPass(backbone, backbone.decoder(adapter));
  }

  private static float[] gradient(Parameter parameter) {
    try (NDArray gradient = parameter.value().getGradient()) {
      return gradient.toFloatArray();
    }
  }

  private static Backbone load(String model) throws IOException {
    return Backbone.load(manager, Golden.path(model + "/model"), ComputeType.FLOAT32);
  }

  /** Rows of unequal length, some tokens of which carry no loss. */
  private static List<TrainingRow> rows() {
    Random random = new Random(3);
    List<TrainingRow> rows = new ArrayList<>();
    for (int length : new int[] {9, 4, 13}) {
      int[] tokens = random.ints(length, 3, 100).toArray();
      int[] labels = tokens.clone();
      labels[1] = TrainingRow.NO_LOSS;
      rows.add(new TrainingRow(tokens, labels));
    }
    return rows;
  }
}
