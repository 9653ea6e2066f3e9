package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.TrainSpec.Schedule;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.golden.GoldenModel.Rows;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.train.GradientPass;
import dev.floe.worker.train.RateSchedule;
import dev.floe.worker.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * floe's numbers against those of Hugging Face transformers and PEFT. The fixtures allow 1e-4
 * relative to a tensor's largest magnitude; a difference in meaning shows above 1e-5, which is what
 * is asked for here.
 */
class GoldenModelTest {
  private static final double CLOSE = 1e-5;

  /** A key's bias moves all scores of a query alike, so its gradient is zero but for rounding. */
  private static final double ROUNDING = 1e-7;

  private static final List<String> ADAPTERS =
      List.of(
          "lora-qv",
          "lora-all",
          "series-mlp",
          "series-attention",
          "series-attention-input",
          "parallel-mlp",
          "prefix");

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
    return GoldenBackbones.namesAndVariants();
  }

  static Stream<Arguments> adapters() {
    return GoldenBackbones.NAMES.stream()
        .flatMap(model -> ADAPTERS.stream().map(adapter -> Arguments.of(model, adapter)));
  }

  static Stream<Arguments> adaptersAndVariants() {
    return Stream.of(adapters(), GoldenBackbones.adapterVariants(), GoldenBackbones.besideMlp())
        .flatMap(cases -> cases);
  }

  @ParameterizedTest
  @MethodSource("adaptersAndVariants")
  void adapter_givesTheGoldenLogitsLossAndGradients(String modelName, String name)
      throws IOException {
    GoldenModel golden = new GoldenModel(modelName);
    Backbone backbone = backbones.get(modelName);
    try (Adapter adapter = golden.adapter(name, backbone);
        SafetensorsFile expected = golden.open("adapters/" + name + "/expected.safetensors")) {
      Rows rows = GoldenModel.rows(expected, "");
      Decoder decoder = backbone.decoder(adapter);
      assertLogits(backbone, decoder, rows, GoldenModel.floats(expected, "logits"));

      int labelled = rows.rows().stream().mapToInt(TrainingRow::labelled).sum();
      double loss = new GradientPass(backbone, decoder).accumulate(rows.rows(), labelled);
      assertThat(loss).isCloseTo(GoldenModel.floats(expected, "loss")[0], within(CLOSE));
      for (Parameter parameter : adapter.parameters()) {
        String key = "grad." + GoldenModel.fixtureName(parameter.name());
        try (NDArray gradient = parameter.value().getGradient()) {
          assertClose(key, gradient.toFloatArray(), GoldenModel.floats(expected, key), CLOSE);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adaptersAndVariants")
  void tenSteps_giveTheGoldenTrainingRun(String modelName, String name) throws IOException {
    GoldenModel golden = new GoldenModel(modelName);
    RateSchedule schedule = new RateSchedule(Schedule.LINEAR, 1e-3, 2, 10);
    Backbone backbone = backbones.get(modelName);
    try (Adapter adapter = golden.adapter(name, backbone);
        Trainer trainer = new Trainer(backbone, adapter, 0.01, 1.0, 0);
        SafetensorsFile gradients = golden.open("adapters/" + name + "/expected.safetensors");
        SafetensorsFile run = golden.open("adapters/" + name + "/train10.safetensors")) {
      double[] losses = GoldenModel.doubles(run, "losses");
      double[] norms = GoldenModel.doubles(run, "grad_norms");
      double[] rates = GoldenModel.doubles(run, "learning_rates");
      for (int i = 0; i < 10; i++) {
        Rows rows = GoldenModel.rows(run, "step" + i + ".");
        assertThat(schedule.rate(i)).isCloseTo(rates[i], within(1e-12));
        // micro-batches of unequal size must come to the same as the whole batch
        Trainer.Step step = trainer.step(rows.rows(), 2, schedule.rate(i), i);
        assertThat(step.loss()).as("loss of step %d", i).isCloseTo(losses[i], within(CLOSE));
        assertThat(step.gradientNorm())
            .as("gradient norm of step %d", i)
            .isCloseTo(norms[i], within(CLOSE * norms[i]));
      }
      for (Parameter parameter : adapter.parameters()) {
        String tensor = GoldenModel.fixtureName(parameter.name());
        if (largest(GoldenModel.floats(gradients, "grad." + tensor)) < ROUNDING) {
          continue; // AdamW's steps have one size, so they would be those of rounding's sign
        }
        String key = "final." + tensor;
        assertClose(key, parameter.value().toFloatArray(), GoldenModel.floats(run, key), CLOSE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void backbone_givesTheGoldenLogitsAndLossOnEitherPadding(String modelName) throws IOException {
    GoldenModel golden = new GoldenModel(modelName);
    Backbone backbone = backbones.get(modelName);
    try (SafetensorsFile inputs = golden.open("inputs.safetensors");
        SafetensorsFile expected = golden.open("expected.safetensors")) {
      Decoder decoder = backbone.decoder(Attachment.NONE);
      for (String side : List.of("right.", "left.")) {
        Rows rows = GoldenModel.rows(inputs, side);
        assertLogits(backbone, decoder, rows, GoldenModel.floats(expected, side + "logits"));
        assertThat(new GradientPass(backbone, decoder).loss(rows.rows()))
            .isCloseTo(GoldenModel.floats(expected, side + "loss")[0], within(CLOSE));
      }
    }
  }

  private static void assertLogits(Backbone backbone, Decoder decoder, Rows rows, float[] padded) {
    int columns = rows.mask().get(0).length;
    int vocabulary = backbone.config().vocabulary();
    List<float[]> real = new ArrayList<>();
    for (int row = 0; row < rows.mask().size(); row++) {
      for (int i = 0; i < columns; i++) {
        if (rows.mask().get(row)[i] != 0) {
          int from = (row * columns + i) * vocabulary;
          real.add(Arrays.copyOfRange(padded, from, from + vocabulary));
        }
      }
    }
    float[] expected = new float[real.size() * vocabulary];
    for (int i = 0; i < real.size(); i++) {
      System.arraycopy(real.get(i), 0, expected, i * vocabulary, vocabulary);
    }
    try (NDManager scope = backbone.manager().newSubManager();
        GradMode mode = GradMode.off()) {
      NDArray hidden = decoder.forward(scope, PackedBatch.of(scope, rows.rows()));
      NDArray logits = backbone.kernels().linear(scope, hidden, decoder.head(), decoder.headBias());
      assertClose("logits", logits.toFloatArray(), expected, CLOSE);
    }
  }

  private static void assertClose(String what, float[] actual, float[] expected, double relative) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = largest(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      worst = difference <= worst ? worst : difference;
    }
    if (largest < ROUNDING) {
      assertThat(worst).as("%s, which is zero but for rounding", what).isLessThan(ROUNDING);
      return;
    }
    assertThat(worst / largest)
        .as("%s, relative to its largest magnitude", what)
        .isLessThan(relative);
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static org.assertj.core.data.Offset<Double> within(double bound) {
    return org.assertj.core.data.Offset.offset(bound);
  }
}
