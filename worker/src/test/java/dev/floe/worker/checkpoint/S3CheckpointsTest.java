package dev.floe.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.safetensors.TensorData;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class S3CheckpointsTest {
  private LoopbackS3 server;
  private S3Client client;
  private final Notices notices = new Notices();

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackS3();
    client =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
            .forcePathStyle(true)
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void save_thenNewest_givesTheSameBackAndPrunes() throws IOException {
    S3Checkpoints checkpoints = checkpoints("job");
    assertThat(checkpoints.newest()).isEmpty();
    for (int step = 1; step <= 3; step++) {
      checkpoints.save(checkpoint(step));
    }
    assertThat(server.objects.keySet())
        .containsExactly(
            "/bucket/sweep/7/step-00000002.safetensors",
            "/bucket/sweep/7/step-00000003.safetensors");
    Checkpoint read = checkpoints.newest().orElseThrow();
    assertThat(read.step()).isEqualTo(3);
    assertThat(read.losses()).containsExactly(1.5, 0.1);
    assertThat(checkpoints("another").newest()).isEmpty();
    checkpoints.clear();
    assertThat(server.objects).isEmpty();
  }

  @Test
  void newest_damaged_isReportedAndSkipped() throws IOException {
    S3Checkpoints checkpoints = checkpoints("job");
    checkpoints.save(checkpoint(1));
    checkpoints.save(checkpoint(2));
    byte[] bytes = server.objects.get("/bucket/sweep/7/step-00000002.safetensors");
    bytes[bytes.length - 1] ^= 1;
    assertThat(checkpoints.newest().orElseThrow().step()).isEqualTo(1);
    assertThat(notices.lines()).singleElement().asString().contains("step-00000002", "checksum");
  }

  @Test
  void save_serverGone_isAnIoExceptionThatNamesThePlace() {
    server.close();
    assertThatThrownBy(() -> checkpoints("job").save(checkpoint(1)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("s3://bucket/sweep/7/: ");
  }

  private S3Checkpoints checkpoints(String job) {
    return new S3Checkpoints(client, "bucket", "sweep/7/", job, notices);
  }

  private static Checkpoint checkpoint(int step) {
    return new Checkpoint(
        step,
        List.of(1.5, 0.1),
        List.of(2.0, 1.0),
        List.of(TensorData.ofFloats("a", new long[] {2}, new float[] {step, 3})),
        12.5,
        40);
  }
}
