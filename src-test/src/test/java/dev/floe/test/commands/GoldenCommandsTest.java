package dev.floe.test.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.cli.Floe;
import dev.floe.cli.inference.GenerateCommand;
import dev.floe.cli.inference.MergeCommand;
import dev.floe.cli.inference.ScoreCommand;
import dev.floe.cli.tune.TuneCommand;
import dev.floe.worker.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * The golden fixtures through the command line: what a user can do to convince himself. The numbers
 * are those of Hugging Face transformers and PEFT.
 */
class GoldenCommandsTest {
  private static final double CLOSE = 1e-5;

  private static final String JOB =
      """
      name: golden
      backbone: %s
      data: {train: rows.jsonl, order: as-given}
      adapter: %s
      train:
        steps: 10
        batch: 3
        micro-batch: 3
        learning-rate: 1e-3
        warmup-steps: 2
        weight-decay: 0.01
        clip: 1.0
      """;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int floe(Object... arguments) {
    CommandLine floe =
        Floe.commandLine(
            List.of(
                new TuneCommand(), new GenerateCommand(), new ScoreCommand(), new MergeCommand()));
    floe.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return floe.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  static Stream<Arguments> tuned() {
    Stream<Arguments> everyAdapter =
        Stream.of(
                "lora-qv",
                "lora-all",
                "series-mlp",
                "series-attention",
                "series-attention-input",
                "parallel-mlp",
                "prefix")
            .map(adapter -> Arguments.of("llama-gqa", adapter));
    Stream<Arguments> everyModel =
        GoldenFixture.NAMES.stream().map(model -> Arguments.of(model, "lora-all"));
    return Stream.concat(everyAdapter, everyModel).distinct();
  }

  @ParameterizedTest
  @MethodSource("tuned")
  void tune_givesTheGoldenTenSteps(String model, String adapter) throws IOException {
    GoldenFixture golden = new GoldenFixture(model);
    Path initial = golden.adapter(adapter, directory.resolve("initial"));
    Path job = writeJob(golden, adapter, "{initial: " + initial + "}");
    assertThat(floe("tune", job, "--out", directory.resolve("out"), "--threads=1"))
        .as(err.toString())
        .isZero();
    assertGoldenRun(golden, adapter);
  }

  @Test
  void tune_ofAnAdapterThatTheFileDescribes_isTheSameRun() throws IOException {
    GoldenFixture golden = new GoldenFixture("llama");
    String adapter =
        "{type: lora, placement: {modules: [q_proj, v_proj]}, rank: 4, alpha: 8, initial: %s}"
            .formatted(golden.file("adapters/lora-qv"));
    Path job = writeJob(golden, "lora-qv", adapter);
    assertThat(floe("tune", job, "--out", directory.resolve("out"), "--threads=1", "--quiet"))
        .as(err.toString())
        .isZero();
    assertGoldenRun(golden, "lora-qv");
    assertThat(err.toString()).isEmpty();

    assertThat(floe("tune", job, "--out", directory.resolve("out"))).isZero();
    assertThat(err.toString()).contains("nothing left to do");
  }

  private Path writeJob(GoldenFixture golden, String adapter, String section) throws IOException {
    StringBuilder rows = new StringBuilder();
    try (SafetensorsFile run = golden.open("adapters/" + adapter + "/train10.safetensors")) {
      for (int i = 0; i < 10; i++) {
        rows.append(GoldenFixture.lines(run, "step" + i + "."));
      }
    }
    Files.writeString(directory.resolve("rows.jsonl"), rows);
    return Files.writeString(directory.resolve("job.yaml"), JOB.formatted(golden.model(), section));
  }

  private void assertGoldenRun(GoldenFixture golden, String adapter) throws IOException {
    Path written = directory.resolve("out/adapter/adapter_model.safetensors");
    JsonNode steps =
        GoldenFixture.JSON.readTree(directory.resolve("out/metrics.json").toFile()).get("steps");
    assertThat(steps).hasSize(10);
    try (SafetensorsFile run = golden.open("adapters/" + adapter + "/train10.safetensors");
        SafetensorsFile trained = SafetensorsFile.open(written)) {
      double[] losses = GoldenFixture.doubles(run, "losses");
      double[] norms = GoldenFixture.doubles(run, "grad_norms");
      double[] rates = GoldenFixture.doubles(run, "learning_rates");
      for (int i = 0; i < 10; i++) {
        JsonNode step = steps.get(i);
        assertThat(step.get("step").asInt()).isEqualTo(i + 1);
        assertThat(step.get("loss").asDouble()).isCloseTo(losses[i], Offset.offset(CLOSE));
        assertThat(step.get("learning_rate").asDouble()).isCloseTo(rates[i], Offset.offset(1e-12));
        assertThat(step.get("grad_norm").asDouble())
            .isCloseTo(norms[i], Offset.offset(1e-4 * norms[i]));
        assertThat(step.get("tokens").asInt()).isPositive();
      }
      for (String tensor : trained.names()) {
        float[] expected = GoldenFixture.floats(run, "final." + GoldenFixture.fixtureName(tensor));
        assertThat(GoldenFixture.floats(trained, tensor))
            .as(tensor)
            .containsExactly(expected, Offset.offset(1e-4f * largest(expected)));
      }
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  static Stream<Arguments> scored() {
    Stream<Arguments> adapters =
        Stream.of("lora-all", "series-mlp", "series-attention-input", "parallel-mlp", "prefix")
            .map(adapter -> Arguments.of("bloom", adapter));
    return Stream.concat(
        adapters, GoldenFixture.NAMES.stream().map(model -> Arguments.of(model, "lora-qv")));
  }

  @ParameterizedTest
  @MethodSource("scored")
  void score_withAnAdapter_givesTheGoldenLoss(String model, String adapter) throws IOException {
    GoldenFixture golden = new GoldenFixture(model);
    Path loaded = golden.adapter(adapter, directory.resolve("adapter"));
    try (SafetensorsFile file = golden.open("adapters/" + adapter + "/expected.safetensors")) {
      double expected = GoldenFixture.floats(file, "loss")[0];
      assertScore(golden.model(), loaded, GoldenFixture.lines(file, ""), expected);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void score_ofTheBackbone_givesTheGoldenLossOnEitherPadding(String model) throws IOException {
    GoldenFixture golden = new GoldenFixture(model);
    try (SafetensorsFile inputs = golden.open("inputs.safetensors");
        SafetensorsFile file = golden.open("expected.safetensors")) {
      for (String side : List.of("right.", "left.")) {
        double expected = GoldenFixture.floats(file, side + "loss")[0];
        assertScore(golden.model(), null, GoldenFixture.lines(inputs, side), expected);
      }
    }
  }

  static Stream<String> models() {
    return GoldenFixture.NAMES.stream();
  }

  /** The mean over all rows is that of the rows' means, by their numbers of labels. */
  private void assertScore(Path model, Path adapter, String rows, double expected)
      throws IOException {
    Path texts = Files.writeString(directory.resolve("texts.jsonl"), rows);
    Path scores = directory.resolve("scores.jsonl");
    Stream<Object> always =
        Stream.of("score", "--backbone", model, "--texts", texts, "--out", scores, "--threads=1");
    Stream<Object> more = adapter == null ? Stream.of() : Stream.of("--adapter", adapter);
    assertThat(floe(Stream.concat(always, more).toArray())).as(err.toString()).isZero();
    double sum = 0;
    int tokens = 0;
    for (String line : Files.readAllLines(scores)) {
      JsonNode score = GoldenFixture.JSON.readTree(line);
      assertThat(score.get("id").isTextual()).isTrue();
      sum += score.get("loss").asDouble() * score.get("tokens").asInt();
      tokens += score.get("tokens").asInt();
    }
    assertThat(sum / tokens).isCloseTo(expected, Offset.offset(CLOSE));
  }

  @ParameterizedTest
  @MethodSource("models")
  void generate_givesTheGoldenTokens(String model) throws IOException {
    GoldenFixture golden = new GoldenFixture(model);
    Path out = directory.resolve("out.jsonl");
    List<String> rows = Files.readAllLines(golden.file("generate.jsonl"));
    for (String beams : List.of("1", "4")) {
      int code =
          floe(
              "generate",
              "--backbone=" + golden.model(),
              "--prompts=" + golden.file("generate.jsonl"),
              "--out=" + out,
              "--max-new-tokens=24",
              "--beams=" + beams,
              "--ignore-eos",
              "--threads=1");
      assertThat(code).as(err.toString()).isZero();
      List<String> lines = Files.readAllLines(out);
      assertThat(lines).hasSameSizeAs(rows);
      for (int i = 0; i < lines.size(); i++) {
        JsonNode expected = GoldenFixture.JSON.readTree(rows.get(i));
        JsonNode given = GoldenFixture.JSON.readTree(lines.get(i));
        assertThat(given.get("id")).isEqualTo(expected.get("id"));
        assertThat(given.get("text").isNull()).isTrue();
        assertThat(given.get("token_ids"))
            .isEqualTo(expected.get(beams.equals("1") ? "greedy" : "beam4"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void merge_isTheBackboneWithItsAdapter(String model) throws IOException {
    GoldenFixture golden = new GoldenFixture(model);
    Path merged = directory.resolve("merged");
    int code =
        floe(
            "merge",
            "--backbone=" + golden.model(),
            "--adapter=" + golden.file("adapters/lora-all"),
            "--out=" + merged,
            "--threads=1");
    assertThat(code).as(err.toString()).isZero();
    assertThat(merged.resolve("config.json"))
        .hasSameTextualContentAs(golden.file("model/config.json"));
    try (SafetensorsFile file = golden.open("adapters/lora-all/expected.safetensors")) {
      double expected = GoldenFixture.floats(file, "loss")[0];
      assertScore(merged, null, GoldenFixture.lines(file, ""), expected);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{initial: none} | none/adapter_config.json: there is no such file",
        "{type: lora, placement: attention, rank: [4, 8]} | describes 2 jobs",
        "{type: lora, placement: {modules: [q_proj, v_proj]}, rank: 2, alpha: 8, initial: ADAPTER}"
            + " | r is 4, but the job asks for 2",
        "{type: series, placement: mlp, rank: 4, initial: ADAPTER}"
            + " | holds a lora adapter, but the job asks for series",
        "{type: lora, placement: mlp, rank: 4, alpha: 8, initial: ADAPTER}"
            + " | the adapter was made for another backbone",
      })
  void tune_ofABadJob_exitsWith2AndOneLine(String adapter, String message) throws IOException {
    GoldenFixture golden = new GoldenFixture("llama");
    String initial = golden.file("adapters/lora-qv").toString();
    Path job = writeJob(golden, "lora-qv", adapter.replace("ADAPTER", initial));
    assertThat(floe("tune", job, "--out", directory.resolve("out"), "--quiet")).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("floe: ")
        .contains(message);
    assertThat(directory.resolve("out/metrics.json")).doesNotExist();
  }

  @Test
  void adapterOfAnotherBackbone_exitsWith2AndOneLine() throws IOException {
    Path rows = Files.writeString(directory.resolve("rows.jsonl"), "{\"token_ids\": [1, 5, 9]}\n");
    Path out = directory.resolve("out.jsonl");
    Path adapter = new GoldenFixture("llama").file("adapters/lora-qv");
    int exit =
        floe(
            "score",
            "--backbone=" + new GoldenFixture("bloom").model(),
            "--adapter=" + adapter,
            "--texts=" + rows,
            "--out=" + out);
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("floe: " + adapter.resolve("adapter_config.json") + ": ")
        .contains("the backbone has no module ")
        .endsWith(": the adapter was made for another backbone");
    assertThat(out).doesNotExist();
  }

  @Test
  void generateAndScore_ofBadRows_exitWith2AndOneLineAndWriteNothing() throws IOException {
    GoldenFixture golden = new GoldenFixture("llama");
    Path rows = Files.writeString(directory.resolve("rows.jsonl"), "{\"text\": \"hello\"}\n");
    Path out = directory.resolve("out.jsonl");
    int generate =
        floe(
            "generate",
            "--backbone=" + golden.model(),
            "--prompts=" + rows,
            "--out=" + out,
            "--max-new-tokens=4");
    int score = floe("score", "--backbone=" + golden.model(), "--texts=" + rows, "--out=" + out);
    assertThat(List.of(generate, score)).containsOnly(2);
    String line =
        "floe: "
            + rows
            + ": row 1 is text, but the backbone has no tokenizer.json and no tokenizer.model";
    assertThat(err.toString().lines()).containsExactly(line, line);
    assertThat(out).doesNotExist();
  }

  private static final Path QUICKSTART = Path.of("../sweeps/library/backbones/quickstart");

  private List<JsonNode> generated(String prompts, Object... options) throws IOException {
    Path rows = Files.writeString(directory.resolve("prompts.jsonl"), prompts);
    Path file = directory.resolve("generated.jsonl");
    List<Object> arguments =
        new ArrayList<>(
            List.of("generate", "--backbone=" + QUICKSTART, "--prompts=" + rows, "--out=" + file));
    arguments.addAll(List.of(options));
    assertThat(floe(arguments.toArray())).as(err.toString()).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @Test
  void generate_stopsAtATextAndLeavesItOut() throws IOException {
    String prompt = "{\"text\": \"Tom had 12 apples. Then\"}\n";
    String whole = generated(prompt, "--max-new-tokens=24").get(0).get("text").asText();
    String stop = whole.substring(5, 9);
    JsonNode stopped = generated(prompt, "--max-new-tokens=24", "--stop=" + stop).get(0);
    assertThat(stopped.get("text").asText()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(stopped.get("token_ids").size()).isLessThan(24);
  }

  @Test
  void generateBySampling_isRepeatableAndDiffersBySeedAndRow() throws IOException {
    String prompts = "{\"text\": \"Tom had\"}\n".repeat(2);
    Object[] options = {"--max-new-tokens=16", "--temperature=1.5", "--top-k=50", "--top-p=0.95"};
    List<JsonNode> first = generated(prompts, options);
    assertThat(generated(prompts, options)).isEqualTo(first);
    assertThat(first.get(0).get("text")).isNotEqualTo(first.get(1).get("text"));
    assertThat(
            generated(prompts, Stream.concat(Stream.of(options), Stream.of("--seed=1")).toArray()))
        .isNotEqualTo(first);
  }

  @Test
  void generateWithAPromptThatIsTooLong_saysHowManyLostTheirBeginning() throws IOException {
    generated(
        "{\"text\": \"" + "Tom had 12 apples. ".repeat(400) + "\"}\n{\"text\": \"Tom\"}\n",
        "--max-new-tokens=2",
        "--quiet");
    assertThat(err.toString().lines())
        .containsExactly(
            "floe: 1 of 2 prompts lost their beginning, as the context has no room for it");
  }

  @ParameterizedTest
  @CsvSource({
    "--top-k=3, --temperature too",
    "--seed=3, --temperature too",
    "--temperature=0, --temperature must be a positive number",
    "--temperature=1 --beams=2, exclude each other",
    "--temperature=1 --top-p=0, --top-p must be in",
    "--temperature=1 --top-k=0, --top-k must be >= 1",
  })
  void generateWithSettingsThatMakeNoSense_isRefused(String options, String message) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("generate", "--backbone=b", "--prompts=p", "--out=o", "--max-new-tokens=2"));
    arguments.addAll(List.of(options.split(" ")));
    assertThat(floe(arguments.toArray())).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains(message);
  }
}
