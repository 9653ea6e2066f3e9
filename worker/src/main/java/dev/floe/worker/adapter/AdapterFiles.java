package dev.floe.worker.adapter;

import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.files.AtomicFile;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.kernel.Tensors;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Adapters on disk, in the layout of PEFT: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}, whose tensors are named {@code base_model.model.<module>.…}, or
 * {@code prompt_embeddings} alone. Full training leaves a model directory of its own instead, which
 * is a backbone like any other.
 */
public final class AdapterFiles {
  private static final String MODULES = "base_model.model.";
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final Map<String, String> FORMAT = Map.of("format", "pt");

  /** What of a backbone's directory a model that was trained in full takes along. */
  private static final List<String> COMPANIONS =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json");

  private AdapterFiles() {}

  /** Writes an adapter; every file is complete or not there. */
  public static void save(Path directory, Adapter adapter, AdapterSpec spec, Backbone backbone)
      throws IOException {
    Files.createDirectories(directory);
    if (spec instanceof AdapterSpec.Full) {
      saveModel(directory, adapter, backbone);
      return;
    }
    try (NDManager scope = backbone.manager().newSubManager();
        GradMode mode = GradMode.off()) {
      List<TensorData> tensors = tensors(adapter.saved(scope), path(spec));
      SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors, FORMAT);
    }
    AtomicFile.writeString(directory.resolve(CONFIG), AdapterConfig.of(spec, backbone).toJson());
  }

  private static void saveModel(Path directory, Adapter adapter, Backbone backbone)
      throws IOException {
    try (NDManager scope = backbone.manager().newSubManager()) {
      SafetensorsWriter.write(
          directory.resolve("model.safetensors"), tensors(adapter.saved(scope), ""), FORMAT);
    }
    for (String name : COMPANIONS) {
      Path source = Path.of(backbone.description().path(), name);
      if (Files.exists(source)) {
        Files.copy(source, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Where PEFT puts trained tensors: under their module, unless they belong to none. */
  private static String path(AdapterSpec spec) {
    return spec.virtualTokens() > 0 ? "" : MODULES;
  }

  private static List<TensorData> tensors(List<Parameter> parameters, String prefix) {
    List<TensorData> tensors = new ArrayList<>();
    for (Parameter parameter : parameters) {
      tensors.add(Tensors.read(prefix + parameter.name(), parameter.value()));
    }
    return tensors;
  }

  /**
   * Reads an adapter from a directory onto a backbone.
   *
   * @throws InvalidJobException when it does not fit the backbone
   */
  public static Adapter load(Path directory, Backbone backbone) throws IOException {
    return read(directory, spec(directory), backbone);
  }

  /**
   * Reads an adapter to train it further, as a job says.
   *
   * @param asked the job's adapter, which may differ in dropout alone
   * @throws InvalidJobException when it does not fit the backbone, or is not what was asked for
   */
  public static Adapter load(Path directory, AdapterSpec asked, Backbone backbone)
      throws IOException {
    AdapterConfig.requireSame(directory.resolve(CONFIG), spec(directory), asked, backbone);
    return read(directory, asked, backbone);
  }

  /**
   * What kind of adapter a directory holds.
   *
   * @throws InvalidJobException when it holds none that floe knows
   */
  public static AdapterSpec spec(Path directory) throws IOException {
    return AdapterConfigReader.read(directory.resolve(CONFIG));
  }

  private static Adapter read(Path directory, AdapterSpec spec, Backbone backbone)
      throws IOException {
    Adapter adapter = empty(directory, spec, backbone);
    try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
      fill(adapter, backbone.kernels(), file, path(spec));
      return adapter;
    } catch (IOException | RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  /** An adapter to be filled; what does not fit the backbone here was made for another. */
  private static Adapter empty(Path directory, AdapterSpec spec, Backbone backbone) {
    try {
      return Adapters.create(spec, backbone, 0);
    } catch (InvalidJobException e) {
      throw new InvalidJobException(
          directory.resolve(CONFIG)
              + ": "
              + e.getMessage()
              + ": the adapter was made for another backbone",
          e);
    }
  }

  private static void fill(Adapter adapter, Kernels kernels, SafetensorsFile file, String path)
      throws IOException {
    for (Parameter parameter : adapter.parameters()) {
      String name = path + parameter.name();
      if (!file.names().contains(name)) {
        throw new InvalidJobException(
            file.path() + " has no tensor " + name + ": the adapter was made for another backbone");
      }
      long[] shape = parameter.value().getShape().getShape();
      if (!file.entry(name).hasShape(shape)) {
        throw new InvalidJobException(
            file.path()
                + ": "
                + file.entry(name)
                + " should be "
                + parameter.value().getShape()
                + ": the adapter was made for another backbone");
      }
      Tensors.write(
          kernels,
          parameter.value(),
          TensorValues.toFloats(file.entry(name).dtype(), file.buffer(name)));
    }
    if (file.names().size() != adapter.parameters().size()) {
      throw new InvalidJobException(
          file.path()
              + " has "
              + file.names().size()
              + " tensors, its config means "
              + adapter.parameters().size());
    }
  }
}
