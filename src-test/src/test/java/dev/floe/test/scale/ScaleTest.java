package dev.floe.test.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The benchmark as a test. Its bounds are far from what docs/scale.md shows, so that a busy machine
 * meets them too, and nothing that has become slower by an order of magnitude does.
 */
@Tag("scale")
class ScaleTest {
  private static final Path DIRECTORY = Path.of("target", "scale");

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgres"})
  void coordinator_keepsUpWithAThousandWorkers(String store) throws Exception {
    ScaleBenchmark.main(new String[] {DIRECTORY.resolve(store).toString(), store});
    ScaleFigures figures = ScaleFigures.read(DIRECTORY.resolve(store)).get(0);
    assertThat(figures.recoveredJobs()).isGreaterThan(100_000);
    assertThat(figures.submitMillis()).isLessThan(5_000);
    assertThat(figures.fullPerSecond()).isGreaterThan(1_500);
    assertThat(figures.halfP99Millis()).isLessThan(1_000);
    assertThat(figures.bytesPerJob()).isLessThan(500);
    assertThat(figures.recoveryMillis()).isLessThan(30_000);
  }
}
