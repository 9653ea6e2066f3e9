package dev.floe.test.run;

import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A LLaMA of two layers with seeded random weights, and the quickstart's tokenizer. */
public final class TinyModel {
  public static final String WEIGHTS = "model.safetensors";
  public static final String LAST_NORM = "model.norm.weight";

  private static final Path TOKENIZER =
      Path.of("../sweeps/library/backbones/quickstart/tokenizer.json");
  private static final int VOCABULARY = 563;
  private static final int HIDDEN = 32;
  private static final int INTERMEDIATE = 48;
  private static final int LAYERS = 2;

  private TinyModel() {}

  /** Writes the model directory. */
  public static void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
         "num_hidden_layers": %d, "num_attention_heads": 4, "num_key_value_heads": 2,
         "max_position_embeddings": 256, "rms_norm_eps": 1e-6, "hidden_act": "silu",
         "rope_theta": 10000.0, "tie_word_embeddings": true, "torch_dtype": "float32",
         "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
        """
            .formatted(VOCABULARY, HIDDEN, INTERMEDIATE, LAYERS));
    Files.copy(TOKENIZER, directory.resolve("tokenizer.json"));
    SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors(), Map.of());
  }

  /** All of its weights, in the order of the model. */
  public static List<TensorData> tensors() {
    Random random = new Random(7);
    List<TensorData> tensors = new ArrayList<>();
    tensors.add(matrix(random, "model.embed_tokens.weight", VOCABULARY, HIDDEN));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      tensors.add(ones(layer + "input_layernorm.weight"));
      tensors.add(matrix(random, layer + "self_attn.q_proj.weight", HIDDEN, HIDDEN));
      tensors.add(matrix(random, layer + "self_attn.k_proj.weight", HIDDEN / 2, HIDDEN));
      tensors.add(matrix(random, layer + "self_attn.v_proj.weight", HIDDEN / 2, HIDDEN));
      tensors.add(matrix(random, layer + "self_attn.o_proj.weight", HIDDEN, HIDDEN));
      tensors.add(ones(layer + "post_attention_layernorm.weight"));
      tensors.add(matrix(random, layer + "mlp.gate_proj.weight", INTERMEDIATE, HIDDEN));
      tensors.add(matrix(random, layer + "mlp.up_proj.weight", INTERMEDIATE, HIDDEN));
      tensors.add(matrix(random, layer + "mlp.down_proj.weight", HIDDEN, INTERMEDIATE));
    }
    tensors.add(ones(LAST_NORM));
    return tensors;
  }

  private static TensorData matrix(Random random, String name, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
    }
    return TensorData.ofFloats(name, new long[] {rows, columns}, values);
  }

  private static TensorData ones(String name) {
    float[] values = new float[HIDDEN];
    Arrays.fill(values, 1);
    return TensorData.ofFloats(name, new long[] {HIDDEN}, values);
  }
}
