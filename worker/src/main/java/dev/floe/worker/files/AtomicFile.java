package dev.floe.worker.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Files that are there whole or not at all, whenever the process or the machine dies: written
 * beside, synced to the disk, renamed over what was there.
 */
public final class AtomicFile {
  private static final int PIECE = 1 << 20;

  private AtomicFile() {}

  /** Fills the channel with the file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /** Replaces {@code file}; its directory must exist. */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(target.getParent());
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Replaces {@code file} by the text, in UTF-8. */
  public static void writeString(Path file, String text) throws IOException {
    write(file, channel -> writeFully(channel, StandardCharsets.UTF_8.encode(text)));
  }

  /**
   * Writes all that remains in the buffer, in pieces: the channel copies each to native memory, and
   * keeps as much of that for every thread as the largest piece takes.
   */
  public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(bytes.position() + Math.min(PIECE, end - bytes.position()));
      channel.write(bytes);
      bytes.limit(end);
    }
  }

  /** Makes the rename itself survive a power cut. */
  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
