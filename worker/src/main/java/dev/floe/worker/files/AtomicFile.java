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

  /** Writes all that remains in the buffer. */
  public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes the rename itself survive a power cut. */
  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
