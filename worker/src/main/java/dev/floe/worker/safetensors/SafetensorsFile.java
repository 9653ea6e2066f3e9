package dev.floe.worker.safetensors;

import dev.floe.worker.files.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, memory-mapped: an 8-byte little-endian header length, a JSON header, the
 * tensors' bytes.
 *
 * <p>Opening reads the header alone and checks it in full, against the file's size too, before a
 * byte of data is mapped: every byte of the data section belongs to exactly one tensor. Buffers
 * stay valid after {@link #close()}; the file must not be shortened while they are in use.
 */
public final class SafetensorsFile implements AutoCloseable {
  /** Longest header that is read, in bytes: the format's own limit. */
  public static final long LONGEST_HEADER = 100_000_000;

  static final String GET_AGAIN = "the file is damaged: download or save it again";
  private static final int LENGTH_BYTES = Long.BYTES;

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final Map<String, TensorEntry> entries;
  private final Map<String, String> metadata;

  private SafetensorsFile(
      Path file,
      FileChannel channel,
      long dataStart,
      Map<String, TensorEntry> entries,
      Map<String, String> metadata) {
    this.file = file;
    this.channel = channel;
    this.dataStart = dataStart;
    this.entries = entries;
    this.metadata = metadata;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws SafetensorsException the file is missing, truncated, or not what its header says
   */
  public static SafetensorsFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new SafetensorsException(file + ": there is no such file; check the path");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return read(file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsFile read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    int headerLength = headerLength(file, channel, size);
    byte[] json = new byte[headerLength];
    readFully(file, channel, ByteBuffer.wrap(json), LENGTH_BYTES);
    SafetensorsHeader header = SafetensorsHeader.parse(file, json);
    long dataStart = LENGTH_BYTES + (long) headerLength;
    Map<String, TensorEntry> entries = layOut(file, header.entries(), size - dataStart);
    return new SafetensorsFile(file, channel, dataStart, entries, header.metadata());
  }

  private static int headerLength(Path file, FileChannel channel, long size) throws IOException {
    if (size < LENGTH_BYTES) {
      throw new SafetensorsException(
          "%s: has %d bytes, too few for a safetensors file; %s".formatted(file, size, GET_AGAIN));
    }
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, channel, bytes, 0);
    long length = bytes.getLong(0);
    if (length < 0 || length > size - LENGTH_BYTES) {
      throw new SafetensorsException(
          "%s: claims a header of %s bytes, but the file has %d bytes in all; %s"
              .formatted(file, Long.toUnsignedString(length), size, GET_AGAIN));
    }
    if (length > LONGEST_HEADER) {
      throw new SafetensorsException(
          "%s: claims a header of %d bytes, more than the format's limit of %d; %s"
              .formatted(file, length, LONGEST_HEADER, GET_AGAIN));
    }
    return (int) length;
  }

  private static void readFully(Path file, FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new SafetensorsException(file + ": ended while it was read; " + GET_AGAIN);
      }
    }
  }

  /** The entries in the order of their bytes, once it is sure that they tile the data section. */
  private static Map<String, TensorEntry> layOut(
      Path file, List<TensorEntry> listed, long dataLength) throws SafetensorsException {
    List<TensorEntry> ordered =
        listed.stream()
            .sorted(Comparator.comparingLong(TensorEntry::begin).thenComparing(TensorEntry::end))
            .toList();
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    TensorEntry previous = null;
    long covered = 0;
    for (TensorEntry entry : ordered) {
      String name = OneLine.quote(entry.name());
      if (entry.end() > dataLength) {
        throw new SafetensorsException(
            "%s: tensor %s ends at data byte %d, but the file is cut off after %d; %s"
                .formatted(file, name, entry.end(), dataLength, GET_AGAIN));
      }
      if (entry.begin() < covered) {
        throw new SafetensorsException(
            "%s: tensor %s overlaps tensor %s; %s"
                .formatted(file, name, OneLine.quote(previous.name()), GET_AGAIN));
      }
      if (entry.begin() > covered) {
        throw new SafetensorsException(
            "%s: %d bytes before tensor %s belong to no tensor; %s"
                .formatted(file, entry.begin() - covered, name, GET_AGAIN));
      }
      entries.put(entry.name(), entry);
      covered = entry.end();
      previous = entry;
    }
    if (covered < dataLength) {
      throw new SafetensorsException(
          "%s: the last %d bytes belong to no tensor; %s"
              .formatted(file, dataLength - covered, GET_AGAIN));
    }
    return Collections.unmodifiableMap(entries);
  }

  public Path path() {
    return file;
  }

  /** The tensors' names, in the order of their bytes in the file. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** Free-form strings that the writer left in the header. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * What the header says of a tensor.
   *
   * @throws SafetensorsException the file holds no tensor of that name
   */
  public TensorEntry entry(String name) throws SafetensorsException {
    TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw new SafetensorsException(
          "%s: holds no tensor %s; check that this is the right file"
              .formatted(file, OneLine.quote(name)));
    }
    return entry;
  }

  /**
   * The tensor's bytes: read-only, little-endian, mapped.
   *
   * @throws SafetensorsException there is no such tensor, or it is over 2 GB; see {@link
   *     #buffer(String, long, int)}
   */
  public ByteBuffer buffer(String name) throws IOException {
    long length = entry(name).byteLength();
    if (length > Integer.MAX_VALUE) {
      throw new SafetensorsException(
          "%s: tensor %s has %d bytes, more than one buffer holds; read it in parts"
              .formatted(file, OneLine.quote(name), length));
    }
    return buffer(name, 0, (int) length);
  }

  /** Part of the tensor's bytes: {@code length} bytes from byte {@code from}. */
  public ByteBuffer buffer(String name, long from, int length) throws IOException {
    TensorEntry entry = entry(name);
    if (from < 0 || length < 0 || from > entry.byteLength() - length) {
      throw new IndexOutOfBoundsException(
          "bytes %d + %d of %s, which has %d".formatted(from, length, entry, entry.byteLength()));
    }
    return channel
        .map(FileChannel.MapMode.READ_ONLY, dataStart + entry.begin() + from, length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
