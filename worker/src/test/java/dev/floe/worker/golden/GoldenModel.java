package dev.floe.worker.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.adapter.AdapterFiles;
import dev.floe.worker.adapter.Adapters;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Tensors;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.safetensors.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One model of the golden fixtures, made with Hugging Face transformers and PEFT; see {@code
 * golden/README.md} in the test resources.
 */
final class GoldenModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  GoldenModel(String name) {
    try {
      directory = Path.of(GoldenModel.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  Path model() {
    return directory.resolve("model");
  }

  Path adapterDirectory(String name) {
    return directory.resolve("adapters").resolve(name);
  }

  SafetensorsFile open(String name) {
    try {
      return SafetensorsFile.open(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a file such as {@code generate.jsonl}. */
  List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(name))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** The adapter of a fixture on a backbone: in PEFT's layout, or in the fixtures' own. */
  Adapter adapter(String name, Backbone backbone) throws IOException {
    Path fixture = adapterDirectory(name);
    if (Files.exists(fixture.resolve("encoder.safetensors"))) {
      JsonNode config = JSON.readTree(fixture.resolve("adapter_config.json").toFile());
      return filled(virtualTokens(config), fixture.resolve("encoder.safetensors"), backbone);
    }
    if (Files.exists(fixture.resolve("adapter_config.json"))) {
      return AdapterFiles.load(fixture, backbone);
    }
    return filled(spec(fixture), fixture.resolve("adapter.safetensors"), backbone);
  }

  private static Adapter filled(AdapterSpec spec, Path values, Backbone backbone)
      throws IOException {
    Adapter adapter = Adapters.create(spec, backbone, 0);
    try (SafetensorsFile tensors = SafetensorsFile.open(values)) {
      for (Parameter parameter : adapter.parameters()) {
        Tensors.write(
            backbone.kernels(), parameter.value(), floats(tensors, fixtureName(parameter.name())));
      }
    }
    return adapter;
  }

  /** The adapter of one of PEFT's configs, its encoder included. */
  static AdapterSpec virtualTokens(JsonNode config) {
    int tokens = config.get("num_virtual_tokens").asInt();
    int encoderSize = config.path("encoder_hidden_size").asInt();
    return switch (config.get("peft_type").asText()) {
      case "PREFIX_TUNING" ->
          new AdapterSpec.Prefix(tokens, config.get("prefix_projection").asBoolean(), encoderSize);
      case "PROMPT_TUNING" -> new AdapterSpec.Prompt(tokens, null);
      default ->
          new AdapterSpec.PTuning(
              tokens,
              Encoder.valueOf(config.get("encoder_reparameterization_type").asText()),
              encoderSize);
    };
  }

  private static AdapterSpec spec(Path fixture) throws IOException {
    JsonNode json = JSON.readTree(fixture.resolve("adapter.json").toFile());
    int width = json.get("bottleneck").asInt();
    Activation activation =
        Activation.valueOf(json.get("activation").asText().toUpperCase(Locale.ROOT));
    if (json.get("kind").asText().equals("parallel-block")) {
      Scaling learnedOrNot = JSON.treeToValue(json.get("scaling"), Scaling.class);
      Placement mlp = Placement.ofRole("mlp");
      return new AdapterSpec.Parallel(
          mlp, width, activation, learnedOrNot, 0, Beside.MLP_BLOCK, null);
    }
    List<String> modules = new ArrayList<>();
    json.get("target_modules").forEach(module -> modules.add(module.asText()));
    Placement placement = Placement.ofModules(modules);
    double scaling = json.get("scaling").asDouble();
    return switch (json.get("kind").asText()) {
      case "parallel" -> AdapterSpec.Parallel.fixed(placement, width, activation, scaling);
      case "series-input" ->
          AdapterSpec.Series.fixed(placement, width, activation, scaling, Insertion.INPUT);
      default -> AdapterSpec.Series.fixed(placement, width, activation, scaling, Insertion.OUTPUT);
    };
  }

  /**
   * floe follows the paper's fork in naming bottleneck tensors, the fixtures have shorter names.
   */
  static String fixtureName(String parameter) {
    return parameter
        .replace(".adapter_down.weight", ".down.weight")
        .replace(".adapter_up.weight", ".up.weight")
        .replace(".adapter_scaling", ".scaling")
        .replace("prompt_embeddings", "prompt_encoder.embedding.weight");
  }

  static float[] floats(SafetensorsFile file, String name) {
    try {
      return TensorValues.toFloats(file.entry(name).dtype(), file.buffer(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double[] doubles(SafetensorsFile file, String name) {
    try {
      return TensorValues.toDoubles(file.buffer(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long[][] longs(SafetensorsFile file, String name) {
    try {
      long[] flat = TensorValues.toLongs(file.buffer(name));
      long[] shape = file.entry(name).shape();
      int columns = (int) shape[1];
      long[][] rows = new long[(int) shape[0]][columns];
      for (int i = 0; i < flat.length; i++) {
        rows[i / columns][i % columns] = flat[i];
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Padded rows of a fixture. */
  record Rows(List<long[]> mask, List<TrainingRow> rows) {}

  /**
   * @param prefix such as {@code right.}, in front of input_ids, attention_mask and labels
   */
  static Rows rows(SafetensorsFile file, String prefix) {
    long[][] ids = longs(file, prefix + "input_ids");
    long[][] mask = longs(file, prefix + "attention_mask");
    long[][] labels = longs(file, prefix + "labels");
    List<TrainingRow> rows = new ArrayList<>();
    for (int row = 0; row < ids.length; row++) {
      rows.add(new TrainingRow(real(ids[row], mask[row]), real(labels[row], mask[row])));
    }
    return new Rows(List.of(mask), rows);
  }

  private static int[] real(long[] values, long[] mask) {
    int[] kept = new int[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (mask[i] != 0) {
        kept[count++] = (int) values[i];
      }
    }
    return java.util.Arrays.copyOf(kept, count);
  }
}
