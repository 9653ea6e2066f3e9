package dev.floe.worker.memory;

import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Backbones of any size with seeded random weights, and rows of token ids. */
final class GeneratedBackbone {
  private static final float DEVIATION = 0.02f;

  private GeneratedBackbone() {}

  /** A LLaMA's config. */
  static String llama(int vocabulary, int hidden, int inner, int layers, int heads, int shared) {
    return """
    {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
     "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
     "max_position_embeddings": 1024, "rms_norm_eps": 1e-6, "hidden_act": "silu",
     "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "float32",
     "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    """
        .formatted(vocabulary, hidden, inner, layers, heads, shared);
  }

  /** An OPT's config. */
  static String opt(int vocabulary, int hidden, int inner, int layers, int heads) {
    return """
    {"model_type": "opt", "vocab_size": %d, "hidden_size": %d, "ffn_dim": %d,
     "num_hidden_layers": %d, "num_attention_heads": %d, "word_embed_proj_dim": %d,
     "max_position_embeddings": 1024, "activation_function": "relu",
     "do_layer_norm_before": true, "torch_dtype": "float32",
     "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    """
        .formatted(vocabulary, hidden, inner, layers, heads, hidden);
  }

  /** Writes a model directory. */
  static Path write(Path directory, String config) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(BackboneConfig.FILE), config);
    Random random = new Random(3);
    List<TensorData> weights =
        BackboneConfig.read(directory).layout().weights().stream()
            .map(slot -> weight(slot, random))
            .toList();
    SafetensorsWriter.write(directory.resolve("model.safetensors"), weights, Map.of());
    return directory;
  }

  private static TensorData weight(WeightSlot slot, Random random) {
    float[] values = new float[Math.toIntExact(slot.elements())];
    if (slot.kind() == WeightSlot.Kind.NORM_SCALE) {
      Arrays.fill(values, 1);
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] = DEVIATION * (2 * random.nextFloat() - 1);
      }
    }
    return TensorData.ofFloats(slot.name(), slot.shape(), values);
  }

  /** Writes rows that are labelled throughout, of lengths between two bounds. */
  static Path rows(Path file, int count, int shortest, int longest, int vocabulary)
      throws IOException {
    Random random = new Random(5);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int length = shortest + random.nextInt(longest - shortest + 1);
      String ids =
          random
              .ints(length, 3, vocabulary)
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(", ", "[", "]"));
      lines.append("{\"id\": %d, \"token_ids\": %s, \"labels\": %s}%n".formatted(i, ids, ids));
    }
    Files.writeString(file, lines);
    return file;
  }
}
