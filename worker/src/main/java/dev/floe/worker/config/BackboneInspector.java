package dev.floe.worker.config;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.OneLine;
import dev.floe.worker.safetensors.DType;
import dev.floe.worker.safetensors.SafetensorsException;
import dev.floe.worker.safetensors.TensorEntry;
import dev.floe.worker.safetensors.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells from config and tensor headers alone whether a directory holds a backbone floe can run. */
public final class BackboneInspector {
  /** The fast tokenizer's file within a model directory. */
  public static final String TOKENIZER = "tokenizer.json";

  /** The SentencePiece model that LLaMA directories may have instead. */
  public static final String SENTENCEPIECE = "tokenizer.model";

  private static final String ONE_MODEL = "config and weights must be of one model";

  private BackboneInspector() {}

  /** The parts of a model directory beside its config. */
  public enum Part {
    WEIGHTS,
    TOKENIZER
  }

  /** Describes a directory that holds weights and tokenizer. */
  public static BackboneDescription describe(Path directory) throws IOException {
    return describe(directory, EnumSet.allOf(Part.class));
  }

  /**
   * Describes a directory; parts that are not required are not looked at. Training from random
   * initialisation needs no weights, rows of token ids need no tokenizer.
   *
   * @throws InvalidJobException a part is missing or damaged, or does not fit the config
   */
  public static BackboneDescription describe(Path directory, Set<Part> required)
      throws IOException {
    BackboneConfig config = BackboneConfig.read(directory);
    BackboneLayout layout = config.layout();
    if (required.contains(Part.WEIGHTS)) {
      checkWeights(directory, layout);
    }
    if (required.contains(Part.TOKENIZER) && tokenizer(directory).isEmpty()) {
      throw noTokenizer(directory);
    }
    return new BackboneDescription(
        directory.toString(),
        config.modelType(),
        config.layers(),
        config.hidden(),
        config.vocabulary(),
        config.longestContext(),
        layout.parameters(),
        layout.layersPath(),
        layout.targets().stream().map(TargetModule::describe).toList());
  }

  /** The file of a directory's tokenizer: the fast one if it has both; empty when it has none. */
  public static Optional<Path> tokenizer(Path directory) {
    return Stream.of(TOKENIZER, SENTENCEPIECE)
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** The refusal of a directory that has no tokenizer where one is needed. */
  public static InvalidJobException noTokenizer(Path directory) {
    return new InvalidJobException(
        directory.resolve(TOKENIZER)
            + ": is missing, and so is "
            + SENTENCEPIECE
            + "; save the model's fast tokenizer there with save_pretrained");
  }

  /**
   * The element types that a directory's weights are stored in.
   *
   * @throws InvalidJobException the weights are missing or damaged
   */
  public static Set<DType> dtypes(Path directory) throws IOException {
    BackboneLayout layout = BackboneConfig.read(directory).layout();
    Set<DType> types = EnumSet.noneOf(DType.class);
    try (WeightFiles weights = WeightFiles.open(directory)) {
      for (WeightSlot slot : layout.weights()) {
        types.add(weights.entry(layout.storedName(slot, weights.names())).dtype());
      }
      return types;
    } catch (SafetensorsException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static void checkWeights(Path directory, BackboneLayout layout) throws IOException {
    try (WeightFiles weights = WeightFiles.open(directory)) {
      for (WeightSlot slot : layout.weights()) {
        checkWeight(directory, weights, slot, layout.storedName(slot, weights.names()));
      }
    } catch (SafetensorsException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static void checkWeight(Path directory, WeightFiles weights, WeightSlot slot, String name)
      throws IOException {
    if (!weights.names().contains(name)) {
      throw new InvalidJobException(
          "%s: the weights hold no tensor %s, which config.json asks for; %s"
              .formatted(directory, OneLine.quote(name), ONE_MODEL));
    }
    TensorEntry entry = weights.entry(name);
    if (!entry.hasShape(slot.shape())) {
      throw new InvalidJobException(
          "%s: tensor %s has shape %s, but config.json asks for %s; %s"
              .formatted(
                  weights.pathOf(name),
                  OneLine.quote(name),
                  Arrays.toString(entry.shape()),
                  slot.dimensions(),
                  ONE_MODEL));
    }
    if (!entry.dtype().isFloat()) {
      throw new InvalidJobException(
          "%s: tensor %s holds %s; floe reads F32, F16, BF16 and F64, so use the original weights"
              .formatted(weights.pathOf(name), OneLine.quote(name), entry.dtype()));
    }
  }
}
