package dev.floe.worker.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path directory;

  @Test
  void text_isWritten() throws Exception {
    Path file = directory.resolve("adapter_config.json");
    AtomicFile.writeString(file, "{\"ü\": 1}");
    assertThat(file).content().isEqualTo("{\"ü\": 1}");
  }

  @Test
  void failureHalfWay_leavesTheOldFileAndNothingBeside() throws Exception {
    Path file = Files.writeString(directory.resolve("state"), "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[10]));
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    assertThat(file).content().isEqualTo("old");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void missingDirectory_fails() {
    assertThatThrownBy(() -> AtomicFile.writeString(directory.resolve("no/file"), "x"))
        .isInstanceOf(NoSuchFileException.class);
  }
}
