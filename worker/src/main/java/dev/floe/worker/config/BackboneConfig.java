package dev.floe.worker.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a Hugging Face {@code config.json} says of a backbone: one record per architecture. Keys
 * that change nothing that floe computes are not looked at.
 */
public sealed interface BackboneConfig permits LlamaConfig {
  /** The file's name within a model directory. */
  String FILE = "config.json";

  /** Largest {@code config.json} that is read, in bytes. */
  long LARGEST_FILE = 4_000_000;

  /** The {@code model_type} as the file has it, such as {@code llama}. */
  String modelType();

  /** Number of transformer layers. */
  int layers();

  /** Width of the residual stream. */
  int hidden();

  /** Rows of the embedding: token ids are below it. */
  int vocabulary();

  /** Most positions that the backbone computes rightly. */
  int longestContext();

  SpecialTokens specialTokens();

  /** Standard deviation of fresh weights, for training from random initialisation. */
  double initializerRange();

  /** Names and shapes of all weights, and the modules that adapters can sit on. */
  BackboneLayout layout();

  /**
   * Reads {@code config.json} of a model directory, as old and new transformers write it.
   *
   * @throws InvalidJobException the file is missing or damaged, or asks for something unsupported
   */
  static BackboneConfig read(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new InvalidJobException(
          "backbone " + directory + ": there is no such directory; check the path");
    }
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new InvalidJobException(
          file + ": is missing; a backbone is a Hugging Face model directory with config.json");
    }
    return parse(new ConfigJson(file, readObject(file)));
  }

  private static ObjectNode readObject(Path file) throws IOException {
    try {
      return StrictJson.readObject(file, LARGEST_FILE);
    } catch (MalformedJsonException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static BackboneConfig parse(ConfigJson json) {
    String type = json.string("model_type");
    return switch (type) {
      case "llama", "mistral", "qwen2" -> LlamaConfigReader.read(type, json);
      default -> throw json.unsupported("model_type", type, "llama, mistral, qwen2");
    };
  }
}
