package dev.floe.test.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One model of the golden fixtures, which the worker's test resources hold, for commands. */
final class GoldenFixture {
  static final List<String> NAMES =
      List.of("llama", "llama-gqa", "bloom", "bloom-6heads", "gptj", "opt", "gpt_neox");
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Path ALL = Path.of("../worker/src/test/resources/golden");

  private final Path directory;

  GoldenFixture(String model) {
    directory = ALL.resolve(model).toAbsolutePath().normalize();
  }

  Path model() {
    return directory.resolve("model");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  SafetensorsFile open(String name) throws IOException {
    return SafetensorsFile.open(file(name));
  }

  /**
   * An adapter as floe reads it: what PEFT wrote as it is, a bottleneck adapter rewritten into
   * {@code target}, since the fixtures describe it in words of their own.
   */
  Path adapter(String name, Path target) throws IOException {
    Path fixture = file("adapters/" + name);
    if (Files.exists(fixture.resolve("adapter_config.json"))) {
      return fixture;
    }
    Files.createDirectories(target);
    JsonNode described = JSON.readTree(fixture.resolve("adapter.json").toFile());
    String kind = described.get("kind").asText();
    ObjectNode config = JSON.createObjectNode();
    config.put("peft_type", "BOTTLENECK");
    config.set("bottleneck_size", described.get("bottleneck"));
    config.set("non_linearity", described.get("activation"));
    config.set("scaling", described.get("scaling"));
    config.put("use_parallel_adapter", kind.equals("parallel"));
    config.put("insertion", kind.equals("series-input") ? "input" : "output");
    config.set("target_modules", described.get("target_modules"));
    config.set("layers_to_transform", described.get("layers"));
    JSON.writeValue(target.resolve("adapter_config.json").toFile(), config);
    List<TensorData> tensors = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(fixture.resolve("adapter.safetensors"))) {
      for (String tensor : file.names()) {
        tensors.add(
            TensorData.ofFloats(
                "base_model.model."
                    + tensor
                        .replace(".down.weight", ".adapter_down.weight")
                        .replace(".up.weight", ".adapter_up.weight"),
                file.entry(tensor).shape(),
                floats(file, tensor)));
      }
    }
    SafetensorsWriter.write(target.resolve("adapter_model.safetensors"), tensors, Map.of());
    return target;
  }

  /** The fixtures' name of a tensor in an adapter that floe wrote. */
  static String fixtureName(String tensor) {
    return tensor
        .replace("base_model.model.", "")
        .replace(".adapter_down.weight", ".down.weight")
        .replace(".adapter_up.weight", ".up.weight")
        .replace("prompt_embeddings", "prompt_encoder.embedding.weight");
  }

  static float[] floats(SafetensorsFile file, String name) throws IOException {
    return TensorValues.toFloats(file.entry(name).dtype(), file.buffer(name));
  }

  static double[] doubles(SafetensorsFile file, String name) throws IOException {
    return TensorValues.toDoubles(file.buffer(name));
  }

  /**
   * Padded rows as JSON lines {@code {id, token_ids, labels}} without their padding.
   *
   * @param prefix such as {@code right.}, in front of input_ids, attention_mask and labels
   */
  static String lines(SafetensorsFile file, String prefix) throws IOException {
    long[] ids = TensorValues.toLongs(file.buffer(prefix + "input_ids"));
    long[] mask = TensorValues.toLongs(file.buffer(prefix + "attention_mask"));
    long[] labels = TensorValues.toLongs(file.buffer(prefix + "labels"));
    int columns = (int) file.entry(prefix + "input_ids").shape()[1];
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < ids.length / columns; row++) {
      ObjectNode line = JSON.createObjectNode();
      line.put("id", prefix + row);
      ArrayNode tokens = line.putArray("token_ids");
      ArrayNode kept = line.putArray("labels");
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        if (mask[i] != 0) {
          tokens.add(ids[i]);
          kept.add(labels[i]);
        }
      }
      lines.append(line).append('\n');
    }
    return lines.toString();
  }
}
