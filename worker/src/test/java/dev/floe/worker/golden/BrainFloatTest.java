package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.evaluate.BeamDecoder;
import dev.floe.worker.evaluate.GreedyDecoder;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.train.GradientPass;
import dev.floe.worker.train.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Computing in bfloat16, which has 8 bits of mantissa, stays near the float32 numbers of the
 * fixtures: every architecture with every adapter. Trained tensors stay float32.
 */
class BrainFloatTest {
  private static final double NEAR = 0.02;

  private static GoldenBackbones backbones;

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones(ComputeType.BFLOAT16);
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  static Stream<Arguments> adapters() {
    return GoldenModelTest.adaptersAndVariants();
  }

  static Stream<Arguments> runs() {
    return GoldenModelTest.adapters();
  }

  static Stream<String> models() {
    return GoldenBackbones.namesAndVariants();
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void adapter_isNearTheGoldenLossAndGradient(String model, String name) throws IOException {
    GoldenModel golden = new GoldenModel(model);
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = golden.adapter(name, backbone);
        SafetensorsFile expected = golden.open("adapters/" + name + "/expected.safetensors")) {
      List<TrainingRow> rows = GoldenModel.rows(expected, "").rows();
      int labelled = rows.stream().mapToInt(TrainingRow::labelled).sum();
      GradientPass pass = new GradientPass(backbone, backbone.decoder(adapter));
      assertThat(pass.accumulate(rows, labelled))
          .isCloseTo(GoldenModel.floats(expected, "loss")[0], within(NEAR));
      assertThat(cosine(adapter, expected)).isGreaterThan(0.98);
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void tenSteps_areNearTheGoldenTrainingRun(String model, String name) throws IOException {
    GoldenModel golden = new GoldenModel(model);
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = golden.adapter(name, backbone);
        Trainer trainer = new Trainer(backbone, adapter, 0.01, 1.0, 0);
        SafetensorsFile run = golden.open("adapters/" + name + "/train10.safetensors")) {
      double[] losses = GoldenModel.doubles(run, "losses");
      double[] rates = GoldenModel.doubles(run, "learning_rates");
      for (int i = 0; i < 10; i++) {
        List<TrainingRow> rows = GoldenModel.rows(run, "step" + i + ".").rows();
        assertThat(trainer.step(rows, 2, rates[i], i).loss()).isCloseTo(losses[i], within(NEAR));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void fullTraining_keepsItsWeightsInFloat32(String model) throws IOException {
    GoldenModel golden = new GoldenModel(model);
    Backbone backbone = backbones.get(model);
    AdapterSpec full = new AdapterSpec.Full(AdapterSpec.Initial.PRETRAINED);
    try (Adapter adapter = Adapters.create(full, backbone, 0);
        Trainer trainer = new Trainer(backbone, adapter, 0, 1.0, 0);
        SafetensorsFile inputs = golden.open("inputs.safetensors")) {
      List<TrainingRow> rows = GoldenModel.rows(inputs, "right.").rows();
      double first = trainer.step(rows, 2, 1e-3, 0).loss();
      assertThat(trainer.step(rows, 2, 1e-3, 1).loss()).isLessThan(first);
      assertThat(adapter.parameters())
          .allSatisfy(
              parameter -> assertThat(parameter.value().getDataType()).isEqualTo(DataType.FLOAT32));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void decoding_startsAsWholeRowsSay(String model) throws IOException {
    Backbone backbone = backbones.get(model);
    Decoder decoder = backbone.decoder(Attachment.NONE);
    List<int[]> prompts = GoldenGenerationTest.golden(model, "token_ids");
    int[] next = GoldenGenerationTest.nextTokens(backbone, decoder, prompts);
    List<int[]> greedy =
        new GreedyDecoder(backbone, decoder, Set.of()).generate(prompts, 8, () -> false);
    assertThat(greedy).allSatisfy(row -> assertThat(row).hasSize(8));
    assertThat(greedy.stream().mapToInt(row -> row[0]).toArray()).isEqualTo(next);
    List<int[]> beams =
        new BeamDecoder(backbone, decoder, 3, 1, Set.of()).generate(prompts, 8, () -> false);
    assertThat(beams).allSatisfy(row -> assertThat(row).hasSize(8));
  }

  /** Of the whole gradient with the fixture's. */
  private static double cosine(Adapter adapter, SafetensorsFile expected) {
    double product = 0;
    double own = 0;
    double golden = 0;
    try (NDManager scope = NDManager.newBaseManager("PyTorch")) {
      for (Parameter parameter : adapter.parameters()) {
        NDArray gradient = parameter.value().getGradient();
        gradient.attach(scope);
        float[] a = gradient.toFloatArray();
        float[] b =
            GoldenModel.floats(expected, "grad." + GoldenModel.fixtureName(parameter.name()));
        for (int i = 0; i < a.length; i++) {
          product += (double) a[i] * b[i];
          own += (double) a[i] * a[i];
          golden += (double) b[i] * b[i];
        }
      }
    }
    return product / Math.sqrt(own * golden);
  }
}
