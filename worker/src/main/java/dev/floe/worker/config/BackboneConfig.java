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
public sealed interface BackboneConfig
    permits LlamaConfig, BloomConfig, GptJConfig, OptConfig, GptNeoXConfig {
  /** The file's name within a model directory. */
  String FILE = "config.json";

  /** The file that may name further tokens that end a text. */
  String GENERATION_FILE = "generation_config.json";

  /** The {@code model_type}s that floe runs. */
  String SUPPORTED = "llama, mistral, qwen2, bloom, gptj, opt, gpt_neox";

  /** Largest {@code config.json} that is read, in bytes. */
  long LARGEST_FILE = 4_000_000;

  /** The {@code model_type} as the file has it, such as {@code llama}. */
  String modelType();

  /** Number of transformer layers. */
  int layers();

  /** Width of the residual stream. */
  int hidden();

  /** Query heads of attention. */
  int heads();

  /** Key and value heads; each serves {@code heads / keyValueHeads} query heads. */
  default int keyValueHeads() {
    return heads();
  }

  /** Width of one head. */
  default int headDimension() {
    return hidden() / heads();
  }

  /** Rows of the embedding: token ids are below it. */
  int vocabulary();

  /** Most positions that the backbone computes rightly. */
  int longestContext();

  SpecialTokens specialTokens();

  /** Standard deviation of fresh weights, for training from random initialisation. */
  double initializerRange();

  /** Names and shapes of all weights, and the modules that adapters can sit on. */
  BackboneLayout layout();

  /** Calls the visitor's method for this architecture. */
  <T> T accept(Visitor<T> visitor);

  /** What is done differently for each architecture. */
  interface Visitor<T> {
    T llama(LlamaConfig config);

    T bloom(BloomConfig config);

    T gptJ(GptJConfig config);

    T opt(OptConfig config);

    T gptNeoX(GptNeoXConfig config);
  }

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
    Path beside = directory.resolve(GENERATION_FILE);
    ConfigJson generation =
        Files.isRegularFile(beside) ? new ConfigJson(beside, readObject(beside), null) : null;
    return parse(new ConfigJson(file, readObject(file), generation));
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
      case "bloom" -> BloomConfig.read(json);
      case "gptj" -> GptJConfig.read(json);
      case "opt" -> OptConfig.read(json);
      case "gpt_neox" -> GptNeoXConfig.read(json);
      default -> throw json.unsupported("model_type", type, SUPPORTED);
    };
  }
}
