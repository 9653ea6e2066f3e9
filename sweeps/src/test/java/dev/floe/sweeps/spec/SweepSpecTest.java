package dev.floe.sweeps.spec;

import static dev.floe.sweeps.Samples.quickstart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.Samples;
import dev.floe.sweeps.file.SweepFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepSpecTest {
  @TempDir Path directory;

  private static SweepSpec fixed() {
    return new SweepSpec(
        "fixed",
        "/models/tiny",
        new DataSpec("/data/train.json", List.of(), "alpaca", 256, true, true),
        new AdapterAxes(
            List.of(AdapterType.LORA),
            List.of(Placement.ofRole("mlp")),
            List.of(4),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null),
        new TrainAxes(
            List.of(1), null, List.of(8), null, List.of(1e-3), null, null, null, null, null, null),
        List.of(0L),
        new EvaluateSpec("greedy", 32),
        null);
  }

  @Test
  void json_isCanonical() {
    assertThat(fixed().toJson())
        .isEqualTo(
            "{\"adapter\":{\"activations\":[],\"alphas\":[],\"dropouts\":[],\"inits\":[],"
                + "\"insertions\":[],\"placements\":[{\"layers\":null,\"modules\":[],"
                + "\"role\":\"mlp\"}],\"ranks\":[4],\"scalings\":[],\"types\":[\"LORA\"]},"
                + "\"backbone\":\"/models/tiny\",\"data\":{\"cutoff\":256,\"evaluate\":[],"
                + "\"prompt\":\"alpaca\",\"shuffle\":true,\"train\":\"/data/train.json\","
                + "\"trainOnInputs\":true},\"evaluate\":{\"decode\":\"greedy\","
                + "\"maxNewTokens\":32},\"name\":\"fixed\",\"seeds\":[0],"
                + "\"train\":{\"batches\":[8],\"clips\":[],\"epochs\":[1],"
                + "\"learningRates\":[0.001],\"microBatches\":[],\"steps\":[],"
                + "\"warmupSteps\":[],\"weightDecays\":[]}}");
  }

  @Test
  void id_isTheSameInEveryProcess() {
    assertThat(fixed().id()).isEqualTo("1f6a0e2e");
  }

  @Test
  void sameContentWrittenDifferently_hasTheSameId() throws SweepFileException {
    SweepSpec spec = Samples.read(directory, Samples.QUICKSTART);
    String rewritten = "# a comment\n" + quickstart("3e-4", "0.0003").replace("[0]", "0");
    assertThat(Samples.read(directory, rewritten).id()).isEqualTo(spec.id());
  }

  @Test
  void changedValue_changesTheId() throws SweepFileException {
    SweepSpec spec = Samples.read(directory, Samples.QUICKSTART);
    SweepSpec changed = Samples.read(directory, quickstart("[4, 16]", "[4, 17]"));
    assertThat(changed.id()).isNotEqualTo(spec.id()).matches("[0-9a-f]{8}");
  }

  @Test
  void json_readsBack() throws SweepFileException {
    SweepSpec spec =
        Samples.read(
            directory,
            quickstart("[attention, mlp]", "[mlp, {modules: [q_proj], layers: 1..2}]")
                .replace("[4, 16]", "[4, 16]\n  activation: [relu, gelu]\n  alpha: 3"));
    assertThat(SweepSpec.fromJson(spec.toJson())).isEqualTo(spec);
  }

  @Test
  void jsonWithAKeyOfALaterVersion_isRead() {
    String json = fixed().toJson();
    String later = "{\"later\":1," + json.substring(1);
    assertThat(SweepSpec.fromJson(later)).isEqualTo(fixed());
  }

  @Test
  void jsonThatIsNoSweep_isRefused() {
    assertThatThrownBy(() -> SweepSpec.fromJson("{\"name\":\"a\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not a stored sweep: ")
        .hasMessageContaining("backbone is missing");
  }
}
