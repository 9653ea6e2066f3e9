package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.config.WeightSlot;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorEntry;
import dev.floe.worker.safetensors.TensorValues;
import dev.floe.worker.safetensors.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A backbone with a LoRA adapter folded into its weights: a model directory that needs no adapter
 * any more. What the adapter does to a linear module is a matrix of its own, and applying the
 * module to the identity gives that matrix. Tensors keep their names and element types.
 */
public final class LoraMerge {
  private static final String WEIGHTS = "model.safetensors";

  private LoraMerge() {}

  /**
   * Writes the merged model; the directory is there whole or not at all.
   *
   * @param backbone as loaded from its directory
   * @param adapter the adapter's directory
   * @param out must not exist yet
   * @return how many modules the adapter had changed
   * @throws InvalidJobException the adapter is no LoRA or does not fit, or {@code out} exists
   */
  public static int write(Backbone backbone, Path adapter, Path out) throws IOException {
    if (Files.exists(out)) {
      throw new InvalidJobException(out + ": exists already; name a new directory");
    }
    if (!(AdapterFiles.spec(adapter) instanceof AdapterSpec.Lora)) {
      throw new InvalidJobException(
          adapter + ": only LoRA can be merged into the weights; use this adapter beside them");
    }
    Path target = out.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try (Adapter lora = AdapterFiles.load(adapter, backbone)) {
      Files.createDirectory(beside);
      Map<String, NDArray> merged = merged(backbone, lora);
      Path source = Path.of(backbone.description().path());
      copyRest(source, beside);
      writeWeights(backbone, source, merged, beside.resolve(WEIGHTS));
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      return (int) merged.keySet().stream().filter(name -> name.endsWith(".weight")).count();
    } finally {
      delete(beside);
    }
  }

  /**
   * The matrices that the adapter changes, by the weight's name, and the biases that it trained.
   * The backbone's manager owns the matrices, the adapter the biases.
   */
  private static Map<String, NDArray> merged(Backbone backbone, Adapter lora) {
    Map<String, NDArray> merged = new HashMap<>();
    for (LinearModule module : backbone.modules()) {
      String weight = module.path() + ".weight";
      FrozenLinear linear =
          new FrozenLinear(backbone.kernels(), backbone.weight(weight), List.of());
      Projection tuned = lora.projection(module.path(), linear);
      if (tuned != linear) {
        merged.put(weight, matrix(backbone, tuned, module.in()));
      }
    }
    for (WeightSlot slot : backbone.config().layout().weights()) {
      NDArray frozen = backbone.weight(slot.name());
      NDArray trained = lora.weight(slot.name(), frozen);
      if (trained != frozen) {
        merged.put(slot.name(), trained);
      }
    }
    return merged;
  }

  private static NDArray matrix(Backbone backbone, Projection projection, int in) {
    try (NDManager scope = backbone.manager().newSubManager();
        GradMode mode = GradMode.off()) {
      NDArray columns = projection.apply(scope, scope.eye(in));
      NDArray matrix = columns.transpose();
      matrix.attach(backbone.manager());
      return matrix;
    }
  }

  private static void writeWeights(
      Backbone backbone, Path source, Map<String, NDArray> merged, Path file) throws IOException {
    BackboneLayout layout = backbone.config().layout();
    List<TensorData> tensors = new ArrayList<>();
    try (WeightFiles weights = WeightFiles.open(source)) {
      Map<String, NDArray> byStoredName = new HashMap<>();
      for (WeightSlot slot : layout.weights()) {
        NDArray matrix = merged.get(slot.name());
        if (matrix != null) {
          byStoredName.put(layout.storedName(slot, weights.names()), matrix);
        }
      }
      for (String name : weights.names()) {
        TensorEntry entry = weights.entry(name);
        NDArray matrix = byStoredName.get(name);
        tensors.add(
            new TensorData(
                name,
                entry.dtype(),
                entry.shape(),
                matrix == null
                    ? weights.buffer(name)
                    : TensorValues.fromFloats(entry.dtype(), matrix.toFloatArray())));
      }
      SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
    }
  }

  /** Config, tokenizer and whatever else is no weight. */
  private static void copyRest(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(LoraMerge::isNoWeight).toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  private static boolean isNoWeight(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (name.endsWith(".json") || name.endsWith(".model") || name.endsWith(".txt"))
        && !name.endsWith(".index.json");
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
