package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.ComputeType;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompt tuning that starts from a text. */
class PromptTextTest {
  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "count": 5, "apples": 9}}}
      """;

  @TempDir Path directory;

  @Test
  void promptFromAText_startsAsItsTokensEmbeddings_repeated() throws IOException {
    Path model = directory.resolve("model");
    Files.createDirectories(model);
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(new GoldenModel("llama").model().resolve(file), model.resolve(file));
    }
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        Backbone backbone = Backbone.load(manager, model, ComputeType.FLOAT32)) {
      Kernels.prepareThread();
      AdapterSpec spec = new AdapterSpec.Prompt(3, "count apples");
      float[] table = backbone.weight("model.embed_tokens.weight").toFloatArray();
      try (Adapter adapter = Adapters.create(spec, backbone, 0)) {
        float[] prompt = adapter.parameters().get(0).value().toFloatArray();
        int width = backbone.config().hidden();
        int[] ids = {5, 9, 5};
        for (int i = 0; i < ids.length; i++) {
          assertThat(Arrays.copyOfRange(prompt, i * width, (i + 1) * width))
              .isEqualTo(Arrays.copyOfRange(table, ids[i] * width, (ids[i] + 1) * width));
        }
        AdapterFiles.save(directory.resolve("saved"), adapter, spec, backbone);
        assertThat(directory.resolve("saved/adapter_config.json"))
            .content()
            .contains("\"prompt_tuning_init\" : \"TEXT\"")
            .contains("\"prompt_tuning_init_text\" : \"count apples\"");
        assertThat(backbone.weight("model.embed_tokens.weight").toFloatArray()).isEqualTo(table);
      }
      assertThatThrownBy(() -> Adapters.create(new AdapterSpec.Prompt(3, " "), backbone, 0).close())
          .hasMessage("adapter.init-text must not be empty");
    }
  }

  @Test
  void textWithoutATokenizer_isRefused() throws IOException {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        Backbone backbone =
            Backbone.load(manager, new GoldenModel("llama").model(), ComputeType.FLOAT32)) {
      Kernels.prepareThread();
      assertThatThrownBy(
              () -> Adapters.create(new AdapterSpec.Prompt(3, "count"), backbone, 0).close())
          .isInstanceOf(InvalidJobException.class)
          .hasMessageContaining("tokenizer.json");
    }
  }
}
