package dev.floe.worker.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.Golden;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every adapter keeps to. */
class AdapterContractTest {
  private static final Placement ATTENTION = Placement.ofRole("attention");
  private static final Placement UPPER =
      new Placement(null, List.of("down_proj"), null, new LayerSet("1"));
  private static final int[] TOKENS = {1, 5, 9, 77, 30, 2};

  private static NDManager manager;
  private static Backbone backbone;

  @TempDir private Path directory;

  @BeforeAll
  static void load() throws IOException {
    manager = NDManager.newBaseManager("PyTorch");
    Kernels.prepareThread();
    backbone = Backbone.load(manager, Golden.path("llama-gqa/model"), ComputeType.FLOAT32);
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  static Stream<AdapterSpec> added() {
    return Stream.of(
        AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0),
        AdapterSpec.Lora.plain(UPPER, 2, 1, 0),
        AdapterSpec.Series.fixed(ATTENTION, 6, Activation.GELU, 0.5, Insertion.OUTPUT),
        AdapterSpec.Series.fixed(UPPER, 6, Activation.SILU, 1, Insertion.INPUT),
        AdapterSpec.Parallel.fixed(ATTENTION, 6, Activation.RELU, 2),
        AdapterSpec.Parallel.fixed(UPPER, 3, Activation.TANH, 1),
        besideMlp(Scaling.fixed(4), InitWeights.KAIMING),
        besideMlp(Scaling.trained(), InitWeights.NORMAL),
        new AdapterSpec.Series(
            UPPER, 6, Activation.RELU, Scaling.trained(), 0, Insertion.OUTPUT, InitWeights.KAIMING),
        new AdapterSpec.Lora(ATTENTION, 4, 8, 0, false, false, Bias.NONE, InitWeights.NORMAL));
  }

  private static AdapterSpec besideMlp(Scaling scaling, InitWeights initWeights) {
    return new AdapterSpec.Parallel(
        Placement.ofRole("mlp"), 6, Activation.RELU, scaling, 0, Beside.MLP_BLOCK, initWeights);
  }

  @ParameterizedTest
  @MethodSource("added")
  void fresh_leavesTheBackboneAsItIs(AdapterSpec spec) {
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      assertThat(hidden(adapter)).isEqualTo(hidden(Attachment.NONE));
    }
  }

  @ParameterizedTest
  @MethodSource("added")
  void trained_savedAndLoaded_isTheSameFunction(AdapterSpec spec) throws IOException {
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      train(adapter);
      float[] trained = hidden(adapter);
      assertThat(trained).isNotEqualTo(hidden(Attachment.NONE));
      AdapterFiles.save(directory, adapter, spec, backbone);
      try (Adapter loaded = AdapterFiles.load(directory, backbone)) {
        assertThat(hidden(loaded)).isEqualTo(trained);
      }
    }
  }

  @Test
  void seed_fixesTheStart_whateverElseIsTrained() {
    AdapterSpec attention = AdapterSpec.Lora.plain(ATTENTION, 4, 8, 0);
    AdapterSpec one = AdapterSpec.Lora.plain(Placement.ofModules(List.of("v_proj")), 4, 8, 0);
    String name = "model.layers.1.self_attn.v_proj.lora_A.weight";
    try (Adapter first = Adapters.create(attention, backbone, 7);
        Adapter alone = Adapters.create(one, backbone, 7);
        Adapter other = Adapters.create(one, backbone, 8)) {
      assertThat(values(first, name)).isEqualTo(values(alone, name));
      assertThat(values(other, name)).isNotEqualTo(values(alone, name));
    }
  }

  @Test
  void full_startsFromTheBackbone_andLeavesAModelDirectory() throws IOException {
    AdapterSpec spec = AdapterSpec.Full.everyWeight(Initial.PRETRAINED);
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      assertThat(hidden(adapter)).isEqualTo(hidden(Attachment.NONE));
      assertThat(adapter.trainableParameters()).isEqualTo(backbone.description().parameters());
      train(adapter);
      AdapterFiles.save(directory, adapter, spec, backbone);
      try (Backbone tuned = Backbone.load(manager, directory, ComputeType.FLOAT32)) {
        assertThat(hidden(tuned, Attachment.NONE)).isEqualTo(hidden(adapter));
      }
    }
  }

  @Test
  void fullOfNamedModules_changesThemAlone_andLeavesAModelDirectory() throws IOException {
    AdapterSpec spec = new AdapterSpec.Full(Initial.PRETRAINED, UPPER);
    String trained = "model.layers.1.mlp.down_proj.weight";
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      assertThat(adapter.parameters()).extracting(Parameter::name).containsExactly(trained);
      assertThat(hidden(adapter)).isEqualTo(hidden(Attachment.NONE));
      train(adapter);
      AdapterFiles.save(directory, adapter, spec, backbone);
      try (Backbone tuned = Backbone.load(manager, directory, ComputeType.FLOAT32)) {
        assertThat(hidden(tuned, Attachment.NONE)).isEqualTo(hidden(adapter));
        for (WeightSlot slot : backbone.config().layout().weights()) {
          String name = slot.name();
          float[] before = backbone.weight(name).toFloatArray();
          float[] after = tuned.weight(name).toFloatArray();
          assertThat(Arrays.equals(before, after)).as(name).isEqualTo(!name.equals(trained));
        }
      }
    }
  }

  @Test
  void besideTheMlp_namesTheBlock_andIsRefusedWhereNoneIsMeant() throws IOException {
    AdapterSpec spec = besideMlp(Scaling.trained(), InitWeights.NORMAL);
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      AdapterFiles.save(directory, adapter, spec, backbone);
    }
    try (SafetensorsFile file =
        SafetensorsFile.open(directory.resolve("adapter_model.safetensors"))) {
      String block = "base_model.model.model.layers.1.mlp.";
      assertThat(file.names())
          .hasSize(6)
          .contains(
              block + "adapter_down.weight",
              block + "adapter_up.weight",
              block + "adapter_scaling");
    }
    AdapterSpec attention =
        new AdapterSpec.Parallel(
            ATTENTION, 6, Activation.RELU, Scaling.fixed(1), 0, Beside.MLP_BLOCK, null);
    assertThatThrownBy(() -> Adapters.create(attention, backbone, 1))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(
            "adapter.placement attention means no linear of an MLP, which adapter.beside mlp-block"
                + " needs");
  }

  @Test
  void initWeights_setHowTheFirstMatrixStarts() {
    String down = "model.layers.0.mlp.adapter_down.weight";
    try (Adapter normal =
            Adapters.create(besideMlp(Scaling.fixed(1), InitWeights.NORMAL), backbone, 1);
        Adapter kaiming =
            Adapters.create(besideMlp(Scaling.fixed(1), InitWeights.KAIMING), backbone, 1)) {
      assertThat(deviation(values(normal, down))).isCloseTo(0.02, Offset.offset(0.004));
      double bound = 1 / Math.sqrt(backbone.config().hidden());
      for (float value : values(kaiming, down)) {
        assertThat((double) Math.abs(value)).isLessThanOrEqualTo(bound);
      }
      assertThat(deviation(values(kaiming, down)))
          .isCloseTo(bound / Math.sqrt(3), Offset.offset(0.02));
    }
  }

  @Test
  void loraWithNormalWeights_startsWithADeviationOfOneOverTheRank() {
    AdapterSpec spec =
        new AdapterSpec.Lora(ATTENTION, 4, 8, 0, false, false, Bias.NONE, InitWeights.NORMAL);
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      float[] a = values(adapter, "model.layers.0.self_attn.q_proj.lora_A.weight");
      assertThat(deviation(a)).isCloseTo(0.25, Offset.offset(0.05));
    }
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void series_onLayersAndModule_writesTheForksNames() throws IOException {
    AdapterSpec spec = AdapterSpec.Series.fixed(UPPER, 6, Activation.TANH, 1, Insertion.OUTPUT);
    try (Adapter adapter = Adapters.create(spec, backbone, 1)) {
      AdapterFiles.save(directory, adapter, spec, backbone);
    }
    try (SafetensorsFile file =
        SafetensorsFile.open(directory.resolve("adapter_model.safetensors"))) {
      String module = "base_model.model.model.layers.1.mlp.down_proj.";
      assertThat(file.names())
          .containsExactlyInAnyOrder(module + "adapter_down.weight", module + "adapter_up.weight");
      assertThat(file.entry(module + "adapter_down.weight").shape()).containsExactly(6, 32);
      assertThat(file.entry(module + "adapter_up.weight").shape()).containsExactly(32, 6);
    }
  }

  private static void train(Adapter adapter) {
    TrainingRow row = new TrainingRow(TOKENS, TOKENS);
    try (Trainer trainer = new Trainer(backbone, adapter, 0, 1, 0)) {
      Trainer.Step first = trainer.step(List.of(row), 1, 1e-2, 0);
      Trainer.Step second = trainer.step(List.of(row), 1, 1e-2, 1);
      assertThat(second.loss()).isLessThan(first.loss());
    }
  }

  private static float[] hidden(Attachment attachment) {
    return hidden(backbone, attachment);
  }

  private static float[] hidden(Backbone model, Attachment attachment) {
    try (NDManager scope = manager.newSubManager();
        GradMode mode = GradMode.off()) {
      NDArray hidden =
          model.decoder(attachment).forward(scope, PackedBatch.ofPrompts(scope, List.of(TOKENS)));
      return hidden.toFloatArray();
    }
  }

  private static float[] values(Adapter adapter, String name) {
    return adapter.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value()
        .toFloatArray();
  }
}
