package dev.floe.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.worker.safetensors.TensorData;
import dev.floe.worker.safetensors.TensorValues;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryCheckpointsTest {
  @TempDir private Path temporary;
  private Path directory;
  private DirectoryCheckpoints checkpoints;

  @BeforeEach
  void open() {
    directory = temporary.resolve("0007");
    checkpoints = new DirectoryCheckpoints(directory, "job");
  }

  @Test
  void save_thenNewest_givesTheSameBack() throws IOException {
    checkpoints.save(checkpoint(3));
    Checkpoint read = checkpoints.newest().orElseThrow();
    assertThat(read.step()).isEqualTo(3);
    assertThat(read.losses()).containsExactly(1.5, 0.1, 1e-9);
    assertThat(read.gradientNorms()).containsExactly(2.0, 1.0, 0.5);
    assertThat(read.seconds()).isEqualTo(12.5);
    assertThat(read.tokens()).isEqualTo(4_000_000_000L);
    assertThat(read.tensors()).extracting(TensorData::name).containsExactly("a", "mean.a");
    assertThat(values(read.tensors().get(0))).containsExactly(3f, -0f, 1e-30f);
  }

  @Test
  void newest_nothingSaved_isEmpty() throws IOException {
    assertThat(checkpoints.newest()).isEmpty();
  }

  @Test
  void save_again_keepsTheLastTwo() throws IOException {
    for (int step = 1; step <= 4; step++) {
      checkpoints.save(checkpoint(step));
    }
    assertThat(files()).containsExactly("step-00000003.safetensors", "step-00000004.safetensors");
    assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(4);
  }

  @Test
  void clear_removesWhatWasHalfWrittenToo() throws IOException {
    checkpoints.save(checkpoint(1));
    Files.writeString(directory.resolve(".step-00000002.safetensors.half"), "half");
    checkpoints.clear();
    assertThat(directory).doesNotExist();
  }

  @Test
  void newest_truncated_isSkippedForTheOneBefore() throws IOException {
    checkpoints.save(checkpoint(1));
    checkpoints.save(checkpoint(2));
    Path newest = directory.resolve("step-00000002.safetensors");
    try (FileChannel file = FileChannel.open(newest, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    Notices notices = new Notices();
    checkpoints = new DirectoryCheckpoints(directory, "job", notices);
    assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(1);
    assertThat(notices.lines())
        .singleElement()
        .asString()
        .startsWith("checkpoint step-00000002.safetensors was damaged and was skipped: ");
  }

  @Test
  void newest_oneBitWrong_isSkippedForTheOneBefore() throws IOException {
    checkpoints.save(checkpoint(1));
    checkpoints.save(checkpoint(2));
    Path newest = directory.resolve("step-00000002.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 1] ^= 1;
    Files.write(newest, bytes);
    assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(1);
  }

  @Test
  void newest_ofAnotherConfiguration_isNotUsed() throws IOException {
    checkpoints.save(checkpoint(1));
    assertThat(new DirectoryCheckpoints(directory, "another").newest()).isEmpty();
  }

  @Test
  void clear_removesTheDirectory() throws IOException {
    checkpoints.save(checkpoint(1));
    checkpoints.clear();
    assertThat(directory).doesNotExist();
    checkpoints.clear();
  }

  private static Checkpoint checkpoint(int step) {
    return new Checkpoint(
        step,
        List.of(1.5, 0.1, 1e-9),
        List.of(2.0, 1.0, 0.5),
        List.of(
            TensorData.ofFloats("a", new long[] {3}, new float[] {step, -0f, 1e-30f}),
            TensorData.ofFloats("mean.a", new long[] {3}, new float[] {1, 2, 3})),
        12.5,
        4_000_000_000L);
  }

  private static float[] values(TensorData tensor) {
    return TensorValues.toFloats(tensor.dtype(), tensor.bytes());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
