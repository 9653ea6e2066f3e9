package dev.floe.worker.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files put together by hand, so that they can be wrong. */
final class RawSafetensors {
  private RawSafetensors() {}

  static byte[] bytes(String header, int dataBytes) {
    return bytes(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  static byte[] bytes(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  static Path write(Path directory, String header, int dataBytes) throws IOException {
    return Files.write(directory.resolve("raw.safetensors"), bytes(header, dataBytes));
  }
}
