package dev.floe.sweeps.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.failure.FailurePolicy;
import dev.floe.protocol.job.CheckpointSpec;
import dev.floe.protocol.report.JobFailure.Kind;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresReaderTest {
  private static final String SWEEP =
      """
      name: small
      backbone: model
      data: {train: train.json}
      adapter: {type: lora, placement: qv, rank: 4}
      train: {steps: 3, batch: 2, learning-rate: 1e-3}
      """;

  @TempDir private Path directory;

  @Test
  void fileThatSaysNothing_hasTheSameIdAsBefore() throws Exception {
    SweepSpec spec = read("");
    assertThat(spec.failures()).isNull();
    assertThat(spec.toJson()).doesNotContain("failures", "checkpoint");
  }

  @Test
  void namedKinds_differFromTheDefaults() throws Exception {
    SweepSpec spec = read("failures: {bug: {attempts: 5, delay: 2}, poison: {takedowns: 4}}\n");
    FailurePolicies failures = spec.failures();
    assertThat(failures.of(Kind.BUG)).isEqualTo(new FailurePolicy(5, 0, 2, 60, 0.2));
    assertThat(failures.of(Kind.LOST)).isEqualTo(FailurePolicies.defaultOf(Kind.LOST));
    assertThat(failures.takedowns()).isEqualTo(4);
    assertThat(SweepSpec.fromJson(spec.toJson())).isEqualTo(spec);
  }

  @Test
  void checkpoints_goWhereAndWhenTheFileSays() throws Exception {
    SweepSpec spec = read("checkpoint: {every-steps: 50, path: 's3://bucket/sweeps'}\n");
    assertThat(spec.checkpoint()).isEqualTo(new CheckpointSpec(50, 0, "s3://bucket/sweeps"));
    assertThat(Expansion.of(spec, Path.of("/out")).job(0).checkpointDirectory())
        .startsWith("s3://bucket/sweeps/" + spec.id() + "/");
  }

  @Test
  void mistakes_areNamedWithTheirKeys() {
    assertThatThrownBy(() -> read("failures: {bug: {delay: 9, max-delay: 2}, diverged: {}}\n"))
        .hasMessageContaining("failures.bug.max-delay")
        .hasMessageContaining("must be at least the delay of 9.0, got 2.0")
        .hasMessageContaining("failures.diverged");
    assertThatThrownBy(() -> read("checkpoint: {path: 's3://Bucket'}\n"))
        .hasMessageContaining("expected s3://bucket/prefix, found s3://Bucket");
  }

  private SweepSpec read(String more) throws IOException, SweepFileException {
    return SweepFile.read(Files.writeString(directory.resolve("sweep.yaml"), SWEEP + more));
  }
}
