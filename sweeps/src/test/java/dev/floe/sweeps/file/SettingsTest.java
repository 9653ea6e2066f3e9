package dev.floe.sweeps.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values from the command line in place of a file's; and job files, which may start somewhere. */
class SettingsTest {
  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file =
        Files.writeString(
            directory.resolve("sweep.yaml"),
            """
            name: tiny
            backbone: model
            data: {train: train.json}
            adapter: {type: lora, placement: mlp, rank: 4}
            train: {steps: 3, batch: 2, learning-rate: 1e-3}
            """);
  }

  private SweepSpec read(String... settings) throws SweepFileException {
    return SweepFile.read(file, Settings.parse(List.of(settings)));
  }

  @Test
  void settings_replaceAndAddValues() throws SweepFileException {
    SweepSpec spec =
        read("train.batch=8", "adapter.rank=[4, 16]", "evaluate.max-new-tokens=7", "seeds=[1, 2]");
    assertThat(spec.train().batches()).containsExactly(8);
    assertThat(spec.adapter().ranked().ranks()).containsExactly(4, 16);
    assertThat(spec.evaluate().maxNewTokens()).isEqualTo(7);
    assertThat(spec.seeds()).containsExactly(1L, 2L);
    assertThat(spec.train().steps()).containsExactly(3);
  }

  @Test
  void pathsInSettings_areRelativeToTheCurrentDirectory() throws SweepFileException {
    SweepSpec spec = read("data.evaluate=[a/test.json]", "backbone=/models/one");
    String here = Path.of("a/test.json").toAbsolutePath().toString();
    assertThat(spec.data().evaluate()).containsExactly(here);
    assertThat(spec.backbone()).isEqualTo("/models/one");
    assertThat(spec.data().train()).isEqualTo(directory.resolve("train.json").toString());
  }

  @Test
  void laterSettingOfAKey_holds() throws SweepFileException {
    assertThat(read("train.batch=8", "train.batch=4").train().batches()).containsExactly(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "train.batch | --set train.batch: expected KEY=VALUE",
        "=8 | --set =8: expected KEY=VALUE",
        "train.batch=0 | FILE: train.batch: must be >= 1, got 0",
        "train.bach=8 | FILE: train.bach: unknown key; did you mean batch?",
        "seeds.first=1 | FILE: seeds: expected a whole number, found a map",
        "train.batch.first=1 | FILE:5: train.batch: expected a whole number, found a map",
        "adapter.rank=[4 | --set adapter.rank",
      })
  void badSetting_isRefusedInOneLine(String setting, String message) {
    assertThatThrownBy(() -> read(setting))
        .isInstanceOf(SweepFileException.class)
        .message()
        .startsWith(message.replace("FILE", file.toString()))
        .doesNotContain("\n");
  }

  @Test
  void jobFile_mayStartFromAnAdapterThatItDoesNotDescribe() throws Exception {
    JobFile job = job("adapter={initial: start}");
    assertThat(job.initial()).isEqualTo(Path.of("start").toAbsolutePath().toString());
    assertThat(job.adapterGiven()).isFalse();
  }

  @Test
  void jobFile_mayStartFromAnAdapterThatItDescribes() throws Exception {
    JobFile job = job("adapter.initial=start", "adapter.dropout=0.1");
    assertThat(job.adapterGiven()).isTrue();
    assertThat(job.spec().adapter().ranked().dropouts()).containsExactly(0.1);
  }

  @Test
  void jobFileWithAnAxis_isRefused() {
    assertThatThrownBy(() -> job("adapter.rank=[4, 8]", "seeds=[1, 2]"))
        .hasMessage(file + ": describes 4 jobs; give scalars instead of lists, or use floe run");
  }

  @Test
  void sweepFileWithAnInitialAdapter_isRefused() {
    assertThatThrownBy(() -> read("adapter.initial=start")).hasMessageContaining("unknown key");
  }

  private JobFile job(String... settings) throws SweepFileException {
    return JobFile.read(file, Settings.parse(List.of(settings)));
  }
}
