package dev.floe.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sweep with all the files that it names: a one-layer LLaMA of zeros, and a row of data. */
final class TinySweep {
  static final String YAML =
      """
      name: tiny
      backbone: model
      data: {train: train.json, evaluate: [test.json], cutoff: 32}
      adapter: {type: lora, placement: [attention, mlp], rank: [2, 4]}
      train: {epochs: 1, batch: 1, learning-rate: 1e-3}
      """;

  private static final int HIDDEN = 8;
  private static final int WIDE = 12;
  private static final int VOCABULARY = 16;

  private TinySweep() {}

  /** Writes everything under {@code directory} and returns the sweep file. */
  static Path write(Path directory) throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "vocab_size": 16,
         "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 32,
         "rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": true,
         "rope_theta": 10000.0, "torch_dtype": "float32"}
        """);
    Files.writeString(model.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {}}}");
    writeWeights(model.resolve("model.safetensors"));
    String rows = "[{\"instruction\": \"1 + 1\", \"output\": \"2\", \"answer\": \"2\"}]";
    Files.writeString(directory.resolve("train.json"), rows);
    Files.writeString(directory.resolve("test.json"), rows);
    return Files.writeString(directory.resolve("sweep.yaml"), YAML);
  }

  private static void writeWeights(Path file) throws IOException {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    shapes.put("model.embed_tokens.weight", List.of(VOCABULARY, HIDDEN));
    shapes.put("model.norm.weight", List.of(HIDDEN));
    String layer = "model.layers.0.";
    for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
      shapes.put(layer + "self_attn." + name + ".weight", List.of(HIDDEN, HIDDEN));
    }
    shapes.put(layer + "mlp.gate_proj.weight", List.of(WIDE, HIDDEN));
    shapes.put(layer + "mlp.up_proj.weight", List.of(WIDE, HIDDEN));
    shapes.put(layer + "mlp.down_proj.weight", List.of(HIDDEN, WIDE));
    shapes.put(layer + "input_layernorm.weight", List.of(HIDDEN));
    shapes.put(layer + "post_attention_layernorm.weight", List.of(HIDDEN));

    StringBuilder header = new StringBuilder("{");
    int offset = 0;
    for (Map.Entry<String, List<Integer>> tensor : shapes.entrySet()) {
      int end = offset + Float.BYTES * tensor.getValue().stream().reduce(1, (a, b) -> a * b);
      header
          .append(offset == 0 ? "" : ",")
          .append("\"%s\":{\"dtype\":\"F32\",".formatted(tensor.getKey()))
          .append(
              "\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(tensor.getValue(), offset, end));
      offset = end;
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + offset).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    Files.write(file, bytes.array());
  }
}
