package dev.floe.worker.checkpoint;

import dev.floe.worker.safetensors.DType;
import dev.floe.worker.safetensors.SafetensorsFile;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints in a directory, {@code step-00000120.safetensors}: written beside, synced, renamed,
 * with a checksum over all tensors.
 */
public final class DirectoryCheckpoints implements CheckpointStore {
  private static final Logger log = LoggerFactory.getLogger(DirectoryCheckpoints.class);
  private static final int KEPT = 2;
  private static final String SUFFIX = ".safetensors";
  private static final String LOSSES = "losses";
  private static final String GRADIENT_NORMS = "gradient-norms";

  private final Path directory;
  private final String job;
  private final Notices notices;

  /**
   * Keeps checkpoints of one job in a directory of their own.
   *
   * @param job identifies what the checkpoints belong to; those of anything else are not used
   */
  public DirectoryCheckpoints(Path directory, String job) {
    this(directory, job, new Notices());
  }

  /** Keeps checkpoints, and tells which ones were damaged. */
  public DirectoryCheckpoints(Path directory, String job, Notices notices) {
    this.directory = directory;
    this.job = job;
    this.notices = notices;
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    Files.createDirectories(directory);
    List<TensorData> tensors = new ArrayList<>(checkpoint.tensors());
    tensors.add(numbers(LOSSES, checkpoint.losses()));
    tensors.add(numbers(GRADIENT_NORMS, checkpoint.gradientNorms()));
    Map<String, String> metadata =
        Map.of(
            "job", job,
            "step", Integer.toString(checkpoint.step()),
            "seconds", Double.toString(checkpoint.seconds()),
            "tokens", Long.toString(checkpoint.tokens()),
            "checksum", checksum(tensors));
    SafetensorsWriter.write(
        directory.resolve("step-%08d%s".formatted(checkpoint.step(), SUFFIX)), tensors, metadata);
    List<Path> files = newestFirst();
    for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.deleteIfExists(old);
    }
  }

  @Override
  public Optional<Checkpoint> newest() throws IOException {
    for (Path file : newestFirst()) {
      try {
        Optional<Checkpoint> checkpoint = read(file);
        if (checkpoint.isPresent()) {
          return checkpoint;
        }
      } catch (IOException | RuntimeException e) {
        log.warn("checkpoint {} is damaged and is skipped: {}", file, e.getMessage());
        notices.add(
            "checkpoint %s was damaged and was skipped: %s"
                .formatted(file.getFileName(), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private Optional<Checkpoint> read(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      Map<String, String> metadata = opened.metadata();
      if (!job.equals(metadata.get("job"))) {
        log.warn("checkpoint {} belongs to another configuration and is skipped", file);
        return Optional.empty();
      }
      List<TensorData> tensors = new ArrayList<>();
      for (String name : opened.names()) {
        tensors.add(copy(opened, name));
      }
      tensors.sort(Comparator.comparing(TensorData::name));
      if (!checksum(tensors).equals(metadata.get("checksum"))) {
        throw new IOException("its checksum does not match");
      }
      List<Double> losses = take(LOSSES, tensors);
      List<Double> gradientNorms = take(GRADIENT_NORMS, tensors);
      return Optional.of(
          new Checkpoint(
              Integer.parseInt(metadata.get("step")),
              losses,
              gradientNorms,
              tensors,
              Double.parseDouble(metadata.get("seconds")),
              Long.parseLong(metadata.get("tokens"))));
    }
  }

  @Override
  public void clear() throws IOException {
    if (Files.isDirectory(directory)) {
      // what a killed process had half written is there too, under another name
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(directory);
    }
  }

  static boolean isName(String name) {
    return name.matches("step-\\d{8,}\\" + SUFFIX);
  }

  List<Path> newestFirst() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> isName(file.getFileName().toString()))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  /** CRC-32C over names and bytes in name order, since a file keeps its own order. */
  private static String checksum(List<TensorData> tensors) {
    CRC32C checksum = new CRC32C();
    tensors.stream()
        .sorted(Comparator.comparing(TensorData::name))
        .forEach(
            tensor -> {
              checksum.update(tensor.name().getBytes(StandardCharsets.UTF_8));
              checksum.update(tensor.bytes().duplicate());
            });
    return Long.toHexString(checksum.getValue());
  }

  /** Removes a tensor of numbers from the others and returns its values. */
  private static List<Double> take(String name, List<TensorData> tensors) throws IOException {
    for (TensorData tensor : tensors) {
      if (tensor.name().equals(name)) {
        tensors.remove(tensor);
        return Arrays.stream(TensorValues.toDoubles(tensor.bytes())).boxed().toList();
      }
    }
    throw new IOException("it has no " + name);
  }

  private static TensorData numbers(String name, List<Double> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.size() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putDouble);
    return new TensorData(name, DType.F64, new long[] {values.size()}, bytes.flip());
  }

  /** The file's pages are unmapped when it is closed. */
  private static TensorData copy(SafetensorsFile file, String name) throws IOException {
    ByteBuffer mapped = file.buffer(name);
    ByteBuffer bytes = ByteBuffer.allocate(mapped.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(mapped).flip();
    return new TensorData(name, file.entry(name).dtype(), file.entry(name).shape(), bytes);
  }
}
