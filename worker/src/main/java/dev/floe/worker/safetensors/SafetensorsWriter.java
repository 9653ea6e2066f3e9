package dev.floe.worker.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.floe.worker.files.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors files. Equal tensors give equal bytes, in whatever order they come: the file
 * is sorted by element size, widest first, so that every tensor is aligned, and then by name.
 */
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int ALIGNMENT = 8;
  private static final Comparator<TensorData> FILE_ORDER =
      Comparator.<TensorData>comparingInt(tensor -> -tensor.dtype().bytes())
          .thenComparing(TensorData::name);

  private SafetensorsWriter() {}

  /**
   * Writes the file beside, syncs it and renames it over {@code file}.
   *
   * @param metadata free-form strings for the header; may be empty
   * @throws IllegalArgumentException two tensors have the same name, or one has the header's own
   */
  public static void write(Path file, List<TensorData> tensors, Map<String, String> metadata)
      throws IOException {
    Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
    for (TensorData tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("the tensor name is taken: " + tensor.name());
      }
    }
    List<TensorData> ordered = tensors.stream().sorted(FILE_ORDER).toList();
    ByteBuffer header = header(ordered, new TreeMap<>(metadata));
    AtomicFile.write(
        file,
        channel -> {
          AtomicFile.writeFully(channel, header);
          for (TensorData tensor : ordered) {
            AtomicFile.writeFully(channel, tensor.bytes());
          }
        });
  }

  /** The length, the JSON, and spaces up to the next multiple of 8. */
  private static ByteBuffer header(List<TensorData> tensors, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      if (!metadata.isEmpty()) {
        generator.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          generator.writeStringField(entry.getKey(), entry.getValue());
        }
        generator.writeEndObject();
      }
      long offset = 0;
      for (TensorData tensor : tensors) {
        offset = writeEntry(generator, tensor, offset);
      }
      generator.writeEndObject();
    }
    while (json.size() % ALIGNMENT != 0) {
      json.write(' ');
    }
    return ByteBuffer.allocate(Long.BYTES + json.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.size())
        .put(json.toByteArray())
        .flip();
  }

  private static long writeEntry(JsonGenerator generator, TensorData tensor, long begin)
      throws IOException {
    long end = begin + tensor.bytes().remaining();
    long[] shape = tensor.shape();
    generator.writeObjectFieldStart(tensor.name());
    generator.writeStringField("dtype", tensor.dtype().name());
    generator.writeFieldName("shape");
    generator.writeArray(shape, 0, shape.length);
    generator.writeFieldName("data_offsets");
    generator.writeArray(new long[] {begin, end}, 0, 2);
    generator.writeEndObject();
    return end;
  }
}
