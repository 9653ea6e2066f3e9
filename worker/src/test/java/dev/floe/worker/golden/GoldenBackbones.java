package dev.floe.worker.golden;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.kernel.Kernels;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The fixtures' models, each loaded once, as a worker does: no test changes a backbone. */
final class GoldenBackbones implements AutoCloseable {
  static final List<String> NAMES =
      List.of("llama", "llama-gqa", "bloom", "bloom-6heads", "gptj", "opt", "gpt_neox");

  /**
   * Models without adapters: OPT with norms behind and projections around, GPT-NeoX with the MLP
   * behind attention, biases off and tied embeddings, BLOOM with five heads; with configs in old
   * spellings and, for BLOOM, tensors without the base path.
   */
  static final List<String> VARIANTS =
      List.of("opt-post-norm", "gpt_neox-sequential", "bloom-bare");

  /** Options of PEFT's adapters, each on a model that shows them; without a training run. */
  static Stream<Arguments> adapterVariants() {
    return Stream.of(
        Arguments.of("llama", "lora-rslora"),
        Arguments.of("llama", "lora-dora"),
        Arguments.of("opt", "lora-dora"),
        Arguments.of("opt", "lora-bias-all"),
        Arguments.of("opt", "lora-bias-lora-only"),
        Arguments.of("llama", "ia3"),
        Arguments.of("llama-gqa", "prefix-projection"),
        Arguments.of("llama", "prompt"),
        Arguments.of("bloom", "prompt"),
        Arguments.of("opt", "prompt"),
        Arguments.of("llama", "p-tuning-mlp"),
        Arguments.of("llama", "p-tuning-lstm"));
  }

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final Map<String, Backbone> loaded = new HashMap<>();

  private final ComputeType type;

  GoldenBackbones() {
    this(ComputeType.FLOAT32);
  }

  GoldenBackbones(ComputeType type) {
    this.type = type;
    Kernels.prepareThread();
  }

  static Stream<String> namesAndVariants() {
    return Stream.concat(NAMES.stream(), VARIANTS.stream());
  }

  Backbone get(String name) throws IOException {
    if (!loaded.containsKey(name)) {
      loaded.put(name, Backbone.load(manager, new GoldenModel(name).model(), type));
    }
    return loaded.get(name);
  }

  @Override
  public void close() {
    manager.close();
  }
}
