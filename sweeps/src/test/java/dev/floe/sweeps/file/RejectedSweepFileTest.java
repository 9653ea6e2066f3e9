package dev.floe.sweeps.file;

import static dev.floe.sweeps.Samples.quickstart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.floe.sweeps.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One rejection for each rule of the language, with the whole message. */
class RejectedSweepFileTest {
  @TempDir Path directory;

  private SweepFileException rejected(String yaml) {
    return catchThrowableOfType(SweepFileException.class, () -> Samples.read(directory, yaml));
  }

  @ParameterizedTest(name = "{1} -> {2}")
  @MethodSource("values")
  void value_thatBreaksARule_isRejected(String line, String replacement, String message) {
    assertThat(rejected(quickstart(line, replacement)))
        .hasMessage(directory.resolve("sweep.yaml") + message);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        // keys
        arguments(
            "  rank:", "  rnk: 3\n  rank:", ":12: adapter.rnk: unknown key; did you mean rank?"),
        arguments(
            "  batch:",
            "  learning_rte: 3\n  batch:",
            ":15: train.learning_rte: unknown key; did you mean learning-rate?"),
        arguments("  rank:", "  rnk:", ":12: adapter.rnk: unknown key; did you mean rank?"),
        arguments("  epochs:", "  epoch:", ":14: train.epoch: unknown key; did you mean epochs?"),
        arguments("seeds:", "sedes:", ":21: sedes: unknown key; did you mean seeds?"),
        arguments(
            "seeds:", "rank: 3\nseeds:", ":21: rank: unknown key here; did you mean adapter.rank?"),
        arguments(
            "decode: greedy",
            "penalty: 4",
            ":22: evaluate.penalty: unknown key; known here are decode, max-new-tokens, beams,"
                + " temperature, top-k, top-p, seed, stop, ignore-eos, limit"),
        arguments(
            "  clip: 1.0",
            "  clip: 1.0\n  epochs: 4",
            ":21: train.epochs: the key is given twice; the first is on line 14"),
        // missing
        arguments("name: quickstart\n", "", ":1: name: the key is missing"),
        arguments("backbone: backbones/quickstart\n", "", ":1: backbone: the key is missing"),
        arguments("  train: data/train.json\n", "", ":4: data.train: the key is missing"),
        arguments("  rank: [4, 16]\n", "", ":10: adapter.rank: the key is missing"),
        arguments(
            "  placement: [attention, mlp]\n", "", ":10: adapter.placement: the key is missing"),
        arguments(
            "  type: [lora, series, parallel]\n", "", ":10: adapter.type: the key is missing"),
        arguments(
            "  epochs: 3\n", "", ":14: train.epochs: the key is missing; give epochs or steps"),
        arguments("  batch: 16\n  micro-batch: 4\n", "", ":14: train.batch: the key is missing"),
        arguments("  learning-rate: 3e-4\n", "", ":14: train.learning-rate: the key is missing"),
        // types
        arguments(
            "name: quickstart",
            "name: a/b",
            ":1: name: expected up to 64 letters, digits, dots, dashes and underscores, found"
                + " \"a/b\""),
        arguments(
            "backbones/quickstart",
            "[a]",
            ":2: backbone: cannot be a list: this setting is the same for all jobs of a sweep"),
        arguments("backbones/quickstart", "{a: b}", ":2: backbone: expected a path, found a map"),
        arguments(
            "[4, 16]", "[4, big]", ":12: adapter.rank: expected a whole number, found \"big\""),
        arguments("[4, 16]", "4.5", ":12: adapter.rank: expected a whole number, found \"4.5\""),
        arguments(
            "[4, 16]", "[[4], 16]", ":12: adapter.rank: expected a whole number, found a list"),
        arguments("[4, 16]", "", ":12: adapter.rank: expected a whole number, found nothing"),
        arguments("3e-4", "fast", ":17: train.learning-rate: expected a number, found \"fast\""),
        arguments("3e-4", ".nan", ":17: train.learning-rate: expected a number, found \".nan\""),
        arguments(
            "inputs: true",
            "inputs: yes",
            ":8: data.train-on-inputs: expected true or false, found \"yes\""),
        arguments(
            "inputs: true",
            "inputs: [true, false]",
            ":8: data.train-on-inputs: cannot be a list: this setting is the same for all jobs of"
                + " a sweep"),
        arguments(
            "[lora, series, parallel]",
            "[lora, adalora]",
            ":10: adapter.type: expected one of lora, series, parallel, prefix, prompt,"
                + " p-tuning, ia3, full, found \"adalora\""),
        arguments(
            "rank: [4, 16]",
            "rank: 4\n  activation: swish",
            ":13: adapter.activation: expected one of tanh, relu, gelu, silu, found \"swish\""),
        arguments(
            "decode: greedy",
            "decode: beams",
            ":22: evaluate.decode: expected one of greedy, beam, sample, found \"beams\""),
        arguments(
            "decode: greedy",
            "decode: greedy, temperature: 0.5",
            ":22: evaluate.temperature: is for decode: sample alone"),
        arguments(
            "decode: greedy",
            "decode: sample, beams: 4",
            ":22: evaluate.beams: is for decode: beam alone"),
        arguments(
            "decode: greedy", "decode: beam, beams: 1", ":22: evaluate.beams: must be >= 2, got 1"),
        arguments(
            "decode: greedy",
            "decode: sample, top-p: 1.5",
            ":22: evaluate.top-p: must be in (0, 1], got 1.5"),
        arguments(
            "decode: greedy",
            "decode: greedy, stop: ['']",
            ":22: evaluate.stop: expected a text, found nothing"),
        arguments(
            "inputs: true",
            "inputs: true\n  order: sorted",
            ":9: data.order: expected one of shuffle, as-given, found \"sorted\""),
        arguments(
            "prompt: alpaca",
            "prompt: alpacca",
            ":6: data.prompt: expected alpaca, none, or a template with {instruction},"
                + " found \"alpacca\""),
        arguments(
            "{decode: greedy, max-new-tokens: 32}",
            "greedy",
            ":22: evaluate: expected a map with the keys decode, max-new-tokens, beams, temperature,"
                + " top-k, top-p, seed, stop, ignore-eos, limit, found \"greedy\""),
        // ranges
        arguments("[4, 16]", "0", ":12: adapter.rank: must be >= 1, got 0"),
        arguments(
            "[4, 16]", "3000000000", ":12: adapter.rank: must be <= 2147483647, got 3000000000"),
        arguments("256", "1", ":7: data.cutoff: must be >= 2, got 1"),
        arguments("epochs: 3", "epochs: 0", ":14: train.epochs: must be >= 1, got 0"),
        arguments("batch: 16", "batch: -1", ":15: train.batch: must be >= 1, got -1"),
        arguments("3e-4", "0", ":17: train.learning-rate: must be a positive number, got 0"),
        arguments(
            "3e-4", "1e999", ":17: train.learning-rate: must be a positive number, got 1e999"),
        arguments("steps: 20", "steps: -1", ":18: train.warmup-steps: must be >= 0, got -1"),
        arguments(
            "decay: 0.0", "decay: -0.1", ":19: train.weight-decay: must be zero or more, got -0.1"),
        arguments("clip: 1.0", "clip: -1", ":20: train.clip: must be zero or more, got -1"),
        arguments(
            "rank: [4, 16]",
            "rank: 4\n  dropout: 1",
            ":13: adapter.dropout: must be in [0, 1), got 1"),
        arguments("seeds: [0]", "seeds: -1", ":21: seeds: must be >= 0, got -1"),
        arguments("tokens: 32", "tokens: 0", ":22: evaluate.max-new-tokens: must be >= 1, got 0"),
        // axes
        arguments("[4, 16]", "[]", ":12: adapter.rank: the list is empty; give at least one value"),
        arguments(
            "seeds: [0]", "seeds: []", ":21: seeds: the list is empty; give at least one value"),
        arguments("[4, 16]", "[4, 16, 4]", ":12: adapter.rank: the value \"4\" is listed twice"),
        arguments(
            "3e-4",
            "[3e-4, 0.0003]",
            ":17: train.learning-rate: the value \"0.0003\" is listed twice"),
        arguments(
            "[attention, mlp]",
            "[]",
            ":11: adapter.placement: the list is empty; give at least one value"),
        // combinations
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]",
            "full",
            ":11: adapter.rank: has no meaning for adapter.type full; remove it"),
        arguments(
            "[4, 16]",
            "4\n  init: random",
            ":13: adapter.init: has no meaning for adapter.type lora, series, parallel; remove it"),
        arguments(
            "epochs: 3",
            "epochs: 3\n  steps: 10",
            ":15: train.steps: give either epochs or steps, not both"),
        arguments(
            "micro-batch: 4",
            "micro-batch: [4, 32]",
            ":16: train.micro-batch: must be at most the batch of 16, got 32"),
        arguments(
            "[data/test.json]",
            "[a/test.json, b/test.jsonl]",
            ":5: data.evaluate: two sets have the name test; results would mix them up"),
        arguments(
            "warmup-steps: 20",
            "warmup-steps: 20\n  warmup-ratio: 0.1",
            ":19: train.warmup-ratio: give either warmup-steps or warmup-ratio, not both"),
        arguments(
            "warmup-steps: 20",
            "schedule: square",
            ":18: train.schedule: expected one of linear, cosine, constant, found \"square\""),
        // placements
        arguments(
            "[attention, mlp]",
            "q_proj",
            ":11: adapter.placement: expected one of attention, mlp, qv, qkvo, all-linear, found"
                + " \"q_proj\"; a single module is written [name]"),
        arguments(
            "[attention, mlp]",
            "[attention, q_proj]",
            ":11: adapter.placement: the list mixes placements with the module name \"q_proj\";"
                + " write modules as a list within it, such as [attention, [q_proj]]"),
        arguments(
            "[attention, mlp]",
            "[[q_proj, mlp]]",
            ":11: adapter.placement: the role mlp stands among module names; roles stand alone"),
        arguments(
            "[attention, mlp]",
            "[[q_proj, q_proj]]",
            ":11: adapter.placement: the module q_proj is listed twice"),
        arguments(
            "[attention, mlp]",
            "[[q_proj, v_proj], [v_proj, q_proj]]",
            ":11: adapter.placement: the placement v_proj,q_proj is listed twice"),
        arguments(
            "[attention, mlp]",
            "{layers: 2..5}",
            ":11: adapter.placement: give one of role, modules and match"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, modules: [q_proj]}",
            ":11: adapter.placement: give one of role, modules and match"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, layers: 5..2}",
            ":11: adapter.placement: layers end before they begin: 5..2"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, layers: first-fifth}",
            ":11: adapter.placement: layers must be such as 3, 2..5, 0,2,7, first-half, last-third"
                + " or every-2nd, got first-fifth"),
        arguments(
            "[attention, mlp]",
            "{role: mlp, layers: [2, x]}",
            ":11: adapter.placement: expected a whole number, found \"x\""),
        arguments(
            "[attention, mlp]",
            "{match: '*.q_proj'}",
            ":11: adapter.placement: match is no regular expression: Dangling meta character '*' in"
                + " *.q_proj"),
        arguments(
            "[lora, series, parallel]",
            "ia3",
            ":12: adapter.rank: has no meaning for adapter.type ia3; remove it"),
        arguments(
            "[lora, series, parallel]",
            "series\n  dora: true",
            ":11: adapter.dora: has no meaning for adapter.type series; remove it"),
        arguments(
            "  rank: [4, 16]",
            "  rank: 4\n  scaling: [1, taught]",
            ":13: adapter.scaling: expected a positive number or learned, found \"taught\""),
        arguments(
            "  type: [lora, series, parallel]\n  placement: [attention, mlp]\n  rank: [4, 16]",
            "  type: full\n  init: random\n  modules: mlp",
            ":11: adapter.init: random is for training every weight: remove it, or adapter.modules"),
        arguments(
            "rank: [4, 16]",
            "rank: 4\n  bias: some",
            ":13: adapter.bias: expected one of none, all, lora-only, found \"some\""),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]\n  rank: [4, 16]",
            "prefix",
            ":10: adapter.virtual-tokens: the key is missing"),
        arguments(
            "[lora, series, parallel]\n  placement: [attention, mlp]",
            "prefix\n  virtual-tokens: 4",
            ":12: adapter.rank: has no meaning for adapter.type prefix; remove it"),
        arguments(
            "[attention, mlp]",
            "{modules: q_proj}",
            ":11: adapter.placement: expected a list of module names, found \"q_proj\""),
        arguments(
            "[attention, mlp]",
            "{module: [q_proj], role: mlp}",
            ":11: adapter.placement.module: unknown key; did you mean modules?"),
        // YAML
        arguments(
            "[4, 16]",
            "*ranks",
            ":12: adapter.rank: aliases (*name) are not followed; write the value out"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void text_thatIsNoSweep_isRejected(String yaml, String message) {
    assertThat(rejected(yaml)).hasMessage(directory.resolve("sweep.yaml") + message);
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        arguments("", ": the file is empty"),
        arguments("# nothing\n", ": the file is empty"),
        arguments(
            "- name\n",
            ":1: expected a map with the keys name, backbone, data, adapter, train, seeds,"
                + " dtype, evaluate, bundles, checkpoint, failures, found a list"),
        arguments("name: [a\nbackbone: b\n", ":2: not YAML: expected ',' or ']', but got :"),
        arguments(
            "name:\n\t- a\n",
            ":2: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use"
                + " \\t(TAB) for indentation)"),
        arguments("[".repeat(100), ":1: lists and maps are nested deeper than 20"),
        arguments(
            Samples.QUICKSTART + "---\nname: b\n",
            ":24: a second document begins here; a file holds one sweep"));
  }

  @Test
  void severalProblems_areReportedTogetherInTheFilesOrder() {
    String yaml =
        quickstart("[4, 16]", "0").replace("clip:", "clp:").replace("seeds: [0]", "seeds: x");
    String file = directory.resolve("sweep.yaml").toString();
    SweepFileException exception = rejected(yaml);
    assertThat(exception)
        .hasMessage(
            "3 problems in the sweep file:"
                + ("\n  " + file + ":12: adapter.rank: must be >= 1, got 0")
                + ("\n  " + file + ":20: train.clp: unknown key; did you mean clip?")
                + ("\n  " + file + ":21: seeds: expected a whole number, found \"x\""));
    assertThat(exception.problems()).hasSize(3);
  }

  @Test
  void valueWithControlCharacters_isShownWithoutThem() {
    String yaml = quickstart("rank: [4, 16]", "rank: \"\\e[2J" + "9".repeat(99) + "\"");
    assertThat(rejected(yaml).getMessage())
        .endsWith("expected a whole number, found \"?[2J" + "9".repeat(56) + "...\"");
  }

  @Test
  void productOfAxes_tooLargeToCount_isRejected() {
    String seeds =
        IntStream.range(0, 5000).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String yaml =
        quickstart("seeds: [0]", "seeds: [" + seeds + "]")
            .replace("rank: [4, 16]", "rank: [" + seeds.substring(3) + "]")
            .replace("clip: 1.0", "clip: [" + seeds + "]");
    assertThat(rejected(yaml))
        .hasMessageEndingWith("sweep.yaml: the axes multiply to more than 2147483647 jobs");
  }

  @Test
  void fileThatIsNotThere_isRejected() {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> SweepFile.read(missing))
        .isInstanceOf(SweepFileException.class)
        .hasMessage(missing + ": there is no such file");
  }

  @Test
  void directory_isRejected() {
    assertThatThrownBy(() -> SweepFile.read(directory))
        .isInstanceOf(SweepFileException.class)
        .hasMessage(directory + ": is a directory; name the sweep's YAML file");
  }

  @Test
  void hugeFile_isRejected() {
    assertThat(rejected("#".repeat(SweepFile.LARGEST + 1)))
        .hasMessageEndingWith(": is larger than 1000000 bytes; a sweep file is not");
  }

  @Test
  void bytesThatAreNotText_areRejected() throws IOException {
    Path file = directory.resolve("sweep.yaml");
    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertThatThrownBy(() -> SweepFile.read(file)).hasMessage(file + ": is not UTF-8 text");
  }

  @Test
  void binaryFile_isRejected() throws IOException {
    Path file = directory.resolve("sweep.yaml");
    Files.write(file, new byte[] {'a', 0, 1});
    assertThatThrownBy(() -> SweepFile.read(file))
        .isInstanceOf(SweepFileException.class)
        .hasMessage(file + ":1: not YAML: special characters are not allowed");
  }
}
