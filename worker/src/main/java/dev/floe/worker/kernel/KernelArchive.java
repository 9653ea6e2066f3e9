package dev.floe.worker.kernel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive that {@code torch::jit::load} reads: a zip of stored
 * entries that holds the code and one object of its class with an empty state. libtorch compiles
 * the source when it loads the archive, so no Python is needed anywhere.
 */
final class KernelArchive {
  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, 0x29, 0x2E};
  private static final byte[] EMPTY_STATE = {0x29, (byte) 0x81, 0x7D, 0x62, 0x2E};

  private KernelArchive() {}

  /**
   * Packs an archive.
   *
   * @param className the class in {@code source} that the archive holds an object of
   * @param source TorchScript in its serialized dialect
   */
  static byte[] pack(String className, String source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
      store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      store(zip, "constants.pkl", EMPTY_TUPLE);
      store(zip, "data.pkl", objectOf(className));
      store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("could not pack the kernel library", e);
    }
    return bytes.toByteArray();
  }

  /** A pickle of one object: its class by name, no arguments, an empty dictionary as state. */
  private static byte[] objectOf(String className) throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write(("c__torch__\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
    pickle.write(EMPTY_STATE);
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry("kernels/" + name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
