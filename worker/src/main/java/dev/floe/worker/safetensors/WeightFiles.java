package dev.floe.worker.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.OneLine;
import dev.floe.worker.files.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The weights of a Hugging Face model directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists, each opened when a tensor of it is first asked for.
 *
 * <p>Pickles ({@code pytorch_model.bin}, {@code .pt}) run code when they are read, so they never
 * are. Not safe for use by several threads at once.
 */
public final class WeightFiles implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

  private static final String PICKLE_ONLY =
      "%s: holds weights only as a pickle, %s, and pickles are never read because they run code;"
          + " save the model with save_pretrained(..., safe_serialization=True)";

  private final Path directory;

  /** The file name that holds each tensor. */
  private final Map<String, String> shardOf;

  private final Map<String, SafetensorsFile> open = new HashMap<>();

  private WeightFiles(Path directory, Map<String, String> shardOf) {
    this.directory = directory;
    this.shardOf = Collections.unmodifiableMap(shardOf);
  }

  /**
   * Finds the weights of a model directory.
   *
   * @throws SafetensorsException there are none, or only pickles, or the file or index is damaged
   */
  public static WeightFiles open(Path directory) throws IOException {
    if (Files.exists(directory.resolve(SINGLE))) {
      return openSingle(directory);
    }
    Path index = directory.resolve(INDEX);
    if (Files.exists(index)) {
      return new WeightFiles(directory, readIndex(index));
    }
    throw noWeights(directory);
  }

  private static WeightFiles openSingle(Path directory) throws IOException {
    SafetensorsFile file = SafetensorsFile.open(directory.resolve(SINGLE));
    Map<String, String> shardOf = new LinkedHashMap<>();
    file.names().forEach(name -> shardOf.put(name, SINGLE));
    WeightFiles weights = new WeightFiles(directory, shardOf);
    weights.open.put(SINGLE, file);
    return weights;
  }

  private static Map<String, String> readIndex(Path index) throws IOException {
    JsonNode weightMap;
    try {
      weightMap = StrictJson.readObject(index, SafetensorsFile.LONGEST_HEADER).get("weight_map");
    } catch (MalformedJsonException e) {
      throw new SafetensorsException(e.getMessage(), e);
    }
    if (weightMap == null || !weightMap.isObject()) {
      throw new SafetensorsException(
          index + ": has no object \"weight_map\"; " + SafetensorsFile.GET_AGAIN);
    }
    Map<String, String> shardOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      String shard = entry.getValue().asText();
      if (!entry.getValue().isTextual() || !isPlainFileName(shard)) {
        throw new SafetensorsException(
            "%s: puts tensor %s into %s, which is not the name of a .safetensors file beside it"
                .formatted(index, OneLine.quote(entry.getKey()), OneLine.quote(shard)));
      }
      shardOf.put(entry.getKey(), shard);
    }
    return shardOf;
  }

  /** An index must not lead out of its own directory, nor to a pickle. */
  private static boolean isPlainFileName(String name) {
    return name.endsWith(".safetensors")
        && name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && name.indexOf('\0') < 0;
  }

  private static SafetensorsException noWeights(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return new SafetensorsException(directory + ": there is no such directory; check the path");
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> PICKLES.stream().anyMatch(name::endsWith))
          .sorted()
          .findFirst()
          .map(
              pickle ->
                  new SafetensorsException(PICKLE_ONLY.formatted(directory, OneLine.quote(pickle))))
          .orElseGet(
              () ->
                  new SafetensorsException(
                      "%s: holds neither %s nor %s; a backbone needs one of them"
                          .formatted(directory, SINGLE, INDEX)));
    }
  }

  /** Names of all tensors, over all shards. */
  public Set<String> names() {
    return shardOf.keySet();
  }

  /**
   * What the header of the tensor's file says of it.
   *
   * @throws SafetensorsException there is no such tensor, or its shard is missing or damaged
   */
  public TensorEntry entry(String name) throws IOException {
    return fileOf(name).entry(name);
  }

  /** The tensor's bytes; see {@link SafetensorsFile#buffer(String)}. */
  public ByteBuffer buffer(String name) throws IOException {
    return fileOf(name).buffer(name);
  }

  /** Part of the tensor's bytes; see {@link SafetensorsFile#buffer(String, long, int)}. */
  public ByteBuffer buffer(String name, long from, int length) throws IOException {
    return fileOf(name).buffer(name, from, length);
  }

  /** The file that holds the tensor, for messages that name it. */
  public Path pathOf(String name) throws IOException {
    return fileOf(name).path();
  }

  private SafetensorsFile fileOf(String name) throws IOException {
    String shard = shardOf.get(name);
    if (shard == null) {
      throw new SafetensorsException(
          "%s: the weights hold no tensor %s; check that this is the right model"
              .formatted(directory, OneLine.quote(name)));
    }
    SafetensorsFile file = open.get(shard);
    if (file == null) {
      Path path = directory.resolve(shard);
      if (!Files.isRegularFile(path)) {
        throw new SafetensorsException(
            "%s: is missing, though %s puts tensor %s into it; download the shard"
                .formatted(path, INDEX, OneLine.quote(name)));
      }
      file = SafetensorsFile.open(path);
      open.put(shard, file);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsFile file : open.values()) {
      file.close();
    }
  }
}
