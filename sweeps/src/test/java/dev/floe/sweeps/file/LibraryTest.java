package dev.floe.sweeps.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sweeps that come with floe. */
class LibraryTest {
  private static final Path LIBRARY = Path.of("library");

  private static SweepSpec read(String name, String... settings) throws SweepFileException {
    return SweepFile.read(LIBRARY.resolve(name), Settings.parse(List.of(settings)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"quickstart.yaml", "quickstart-pretrain.yaml"})
  void sweep_isRead(String name) throws SweepFileException {
    assertThat(Expansion.jobs(read(name))).isPositive();
  }

  @Test
  void benchSweep_hasTwelveJobs() throws SweepFileException {
    assertThat(Expansion.jobs(read("bench.yaml", "backbone=/models/llama-8m"))).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llm-adapters-math.yaml", "llm-adapters-commonsense.yaml"})
  void paper_hasItsHyperParameters(String name) throws SweepFileException {
    SweepSpec spec = read(name, "backbone=/models/llama-7b", "seeds=[0, 1]");
    assertThat(Expansion.jobs(spec)).isEqualTo(2);
    JobSpec job = Expansion.of(spec, Path.of("out")).job(0);
    assertThat(job.backbone()).isEqualTo("/models/llama-7b");
    assertThat(job.data().cutoff()).isEqualTo(256);
    assertThat(job.train().epochs()).isEqualTo(3);
    assertThat(job.train().batch()).isEqualTo(16);
    assertThat(job.train().learningRate()).isEqualTo(3e-4);
    assertThat(job.train().warmupSteps()).isEqualTo(100);
    assertThat(job.adapter())
        .isEqualTo(
            AdapterSpec.Lora.plain(
                Placement.ofModules(List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj")),
                32,
                64,
                0.05));
  }

  @Test
  void paper_isTunedWithAnotherAdapterByASetting() throws SweepFileException {
    SweepSpec spec =
        read(
            "llm-adapters-math.yaml",
            "adapter={type: [series, parallel], placement: mlp, rank: 256}");
    assertThat(Expansion.jobs(spec)).isEqualTo(2);
    assertThat(spec.adapter().ranked().ranks()).containsExactly(256);
  }
}
