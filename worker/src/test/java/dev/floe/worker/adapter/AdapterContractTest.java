package dev.floe.worker.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.ComputeType;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.worker.Golden;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
        new AdapterSpec.Series(ATTENTION, 6, Activation.GELU, 0.5, 0, Insertion.OUTPUT),
        new AdapterSpec.Series(UPPER, 6, Activation.SILU, 1, 0, Insertion.INPUT),
        new AdapterSpec.Parallel(ATTENTION, 6, Activation.RELU, 2, 0),
        new AdapterSpec.Parallel(UPPER, 3, Activation.TANH, 1, 0));
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
    AdapterSpec spec = new AdapterSpec.Full(Initial.PRETRAINED);
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
  void series_onLayersAndModule_writesTheForksNames() throws IOException {
    AdapterSpec spec = new AdapterSpec.Series(UPPER, 6, Activation.TANH, 1, 0, Insertion.OUTPUT);
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
