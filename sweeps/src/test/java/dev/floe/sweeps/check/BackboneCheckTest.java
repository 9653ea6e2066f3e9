package dev.floe.sweeps.check;

import static dev.floe.sweeps.Samples.quickstart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.protocol.backbone.LinearPart;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.Samples;
import dev.floe.sweeps.file.SweepFileException;
import dev.floe.sweeps.spec.AdapterType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BackboneCheckTest {
  /** A grouped-query LLaMA: k and v are narrower than q. */
  private static final BackboneDescription LLAMA =
      new BackboneDescription(
          "/models/tiny",
          "llama",
          4,
          64,
          512,
          256,
          1_000_000,
          "model.layers",
          List.of(
              new Target("self_attn.q_proj", LinearPart.QUERY, 64, 64),
              new Target("self_attn.k_proj", LinearPart.KEY, 64, 16),
              new Target("self_attn.v_proj", LinearPart.VALUE, 64, 16),
              new Target("self_attn.o_proj", LinearPart.ATTENTION_OUTPUT, 64, 64),
              new Target("mlp.gate_proj", LinearPart.MLP_INPUT, 64, 172),
              new Target("mlp.up_proj", LinearPart.MLP_INPUT, 64, 172),
              new Target("mlp.down_proj", LinearPart.MLP_OUTPUT, 172, 64)));

  @TempDir Path directory;

  private List<String> problems(String yaml) throws SweepFileException {
    return BackboneCheck.problems(Samples.read(directory, yaml), LLAMA).stream()
        .map(Problem::toString)
        .toList();
  }

  @Test
  void quickstart_canRun() throws SweepFileException {
    assertThat(problems(Samples.QUICKSTART)).isEmpty();
  }

  @ParameterizedTest(name = "{1} -> {2}")
  @MethodSource("impossible")
  void jobThatCanNeverRun_isRefused(String line, String replacement, String message)
      throws SweepFileException {
    assertThat(problems(quickstart(line, replacement))).containsExactly(message);
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        arguments(
            "[attention, mlp]",
            "[q_proj, wq]",
            "adapter.placement: the backbone has no module wq; it has q_proj, k_proj, v_proj,"
                + " o_proj, gate_proj, up_proj, down_proj"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, layers: 2..4}",
            "adapter.placement: layers 2..4 do not exist; the backbone has layers 0..3"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, layers: [0, 4]}",
            "adapter.placement: layers 0,4 do not exist; the backbone has layers 0..3"),
        arguments(
            "[attention, mlp]",
            "{match: 'transformer.*'}",
            "adapter.placement: /transformer.*/ means no module of the backbone; they are named like"
                + " model.layers.0.self_attn.q_proj"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]",
            "[series]\n  placement: qv",
            "adapter.placement: the backbone has no module of the role qv for series adapters"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]\n  rank: [4, 16]",
            "prefix\n  virtual-tokens: 4",
            "adapter.virtual-tokens: 4 and a cutoff of 256 are more than the backbone's context of"
                + " 256 tokens"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]",
            "parallel\n  beside: mlp-block\n  placement: [attention, mlp]",
            "adapter.beside: mlp-block needs a placement that means a linear of the MLP, not"
                + " attention alone"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]\n  rank: [4, 16]",
            "parallel\n  beside: mlp-block\n  placement: all-linear\n  rank: [64, 65]",
            "adapter.rank: must be at most 64, the width of the MLP block, got 65"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]\n  rank: [4, 16]",
            "full\n  modules: [wq]",
            "adapter.modules: the backbone has no module wq; it has q_proj, k_proj, v_proj,"
                + " o_proj, gate_proj, up_proj, down_proj"),
        arguments(
            "cutoff: 256",
            "cutoff: 257",
            "data.cutoff: must be at most the backbone's context of 256 tokens, got 257"));
  }

  @Test
  void rankLargerThanALayer_isRefusedForEachModuleThatIsTooSmall() throws SweepFileException {
    assertThat(problems(quickstart("[4, 16]", "[4, 32]")))
        .containsExactly(
            "adapter.rank: must be at most 16, the smaller side of k_proj (64 to 16), got 32");
    // the narrowest module of several that are too small
    assertThat(
            problems(quickstart("[4, 16]", "65").replace("[attention, mlp]", "[[q_proj, k_proj]]")))
        .containsExactly(
            "adapter.rank: must be at most 16, the smaller side of k_proj (64 to 16), got 65");
    assertThat(problems(quickstart("[4, 16]", "65").replace("[attention, mlp]", "[mlp]")))
        .containsExactly(
            "adapter.rank: must be at most 64, the smaller side of gate_proj (64 to 172), got 65",
            "adapter.rank: must be at most 64, the smaller side of down_proj (172 to 64), got 65");
  }

  @Test
  void seriesAlone_mayBeAsWideAsTheOutputModule() throws SweepFileException {
    String series = quickstart("[lora, series, parallel]", "series").replace("[4, 16]", "32");
    assertThat(problems(series)).isEmpty();
  }

  @Test
  void role_meansAllItsModules_butForSeriesItsOutput() {
    Placement attention = Placement.ofRole("attention");
    assertThat(BackboneCheck.targets(AdapterType.LORA, attention, LLAMA))
        .extracting(Target::name)
        .containsExactly("q_proj", "k_proj", "v_proj", "o_proj");
    assertThat(BackboneCheck.targets(AdapterType.SERIES, attention, LLAMA))
        .extracting(Target::name)
        .containsExactly("o_proj");
    assertThat(BackboneCheck.targets(AdapterType.SERIES, Placement.ofRole("all-linear"), LLAMA))
        .extracting(Target::name)
        .containsExactly("o_proj", "down_proj");
    assertThat(BackboneCheck.targets(AdapterType.LORA, Placement.ofRole("qv"), LLAMA))
        .extracting(Target::name)
        .containsExactly("q_proj", "v_proj");
    assertThat(
            BackboneCheck.targets(
                AdapterType.LORA, Placement.ofMatch(".*\\.3\\.mlp\\.(up|down)_proj"), LLAMA))
        .extracting(Target::name)
        .containsExactly("up_proj", "down_proj");
    assertThat(
            BackboneCheck.targets(
                AdapterType.SERIES, Placement.ofModules(List.of("q_proj")), LLAMA))
        .extracting(Target::name)
        .containsExactly("q_proj");
  }

  @Test
  void roleThatTheBackboneLacks_isRefused() throws SweepFileException {
    BackboneDescription attentionOnly =
        new BackboneDescription(
            "/m", "other", 4, 64, 512, 256, 1, "h", LLAMA.targets().subList(0, 4));
    String yaml = quickstart("[lora, series, parallel]", "lora").replace("[attention, mlp]", "mlp");
    assertThat(BackboneCheck.problems(Samples.read(directory, yaml), attentionOnly))
        .containsExactly(
            new Problem(
                "adapter.placement",
                "the backbone has no module of the role mlp for lora adapters"));
  }
}
