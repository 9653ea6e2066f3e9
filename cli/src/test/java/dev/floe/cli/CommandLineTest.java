package dev.floe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.floe.cli.client.ReportCommand;
import dev.floe.sweeps.results.ResultTable;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What a user types, and what comes back: exit code, standard output, standard error. */
class CommandLineTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<RunRequest> requests = new ArrayList<>();
  private SweepRunner runner = request -> 0;
  private Path sweep;

  @BeforeEach
  void writeSweep() throws IOException {
    sweep = TinySweep.write(directory);
  }

  private int floe(Object... arguments) {
    RunCommand run =
        new RunCommand(
            request -> {
              requests.add(request);
              return runner.run(request);
            });
    CommandLine floe = Floe.commandLine(List.of(run, new PlanCommand(), new ReportCommand()));
    floe.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return floe.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void run_handsOverTheCheckedSweepWithItsDefaults() {
    assertThat(floe("run", sweep)).isZero();
    RunRequest request = requests.get(0);
    String id = request.spec().id();
    Path output = Path.of("runs/tiny-" + id).toAbsolutePath();
    assertThat(request.spec().name()).isEqualTo("tiny");
    assertThat(request.outputDirectory()).isEqualTo(output);
    assertThat(request.dataDirectory()).isEqualTo(output.resolve("state"));
    assertThat(request.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(request.web()).isTrue();
    assertThat(request.port()).isZero();
    assertThat(request.json()).isFalse();
    assertThat(request.quiet()).isFalse();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_takesItsOptions() {
    Path out = directory.resolve("out");
    Path data = directory.resolve("data");
    int code =
        floe(
            "run",
            "--out",
            out,
            "--data-dir=" + data,
            "--threads=3",
            "--port=8080",
            "--no-web",
            "--json",
            "--quiet",
            sweep);
    assertThat(code).isZero();
    RunRequest request = requests.get(0);
    assertThat(request.outputDirectory()).isEqualTo(out);
    assertThat(request.dataDirectory()).isEqualTo(data);
    assertThat(request.threads()).isEqualTo(3);
    assertThat(request.web()).isFalse();
    assertThat(request.port()).isEqualTo(8080);
    assertThat(request.json()).isTrue();
    assertThat(request.quiet()).isTrue();
  }

  @Test
  void run_exitsAsTheRunSays() {
    runner = request -> 1;
    assertThat(floe("run", sweep)).isEqualTo(1);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_thatFails_saysSoInOneLine() {
    runner =
        request -> {
          throw new IllegalStateException("the engine is gone\nsecond line");
        };
    assertThat(floe("run", sweep)).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        // where the log is may follow
        .startsWith("floe: IllegalStateException: the engine is gone")
        .doesNotContain("second line");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("usage")
  void badUsage_exitsWith2AndOneLine(List<String> arguments, String message) {
    assertThat(floe(arguments.toArray())).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly(message);
    assertThat(out.toString()).isEmpty();
    assertThat(requests).isEmpty();
  }

  static Stream<Arguments> usage() {
    return Stream.of(
        arguments(List.of(), "floe: name a command: run, plan, report (see floe --help)"),
        arguments(List.of("rnu"), "floe: unknown command rnu; did you mean run? (see floe --help)"),
        arguments(
            List.of("run"), "floe: Missing required parameter: 'SWEEP.yaml' (see floe run --help)"),
        arguments(
            List.of("run", "--prot=1", "a.yaml"),
            "floe: unknown option --prot; did you mean --port? (see floe run --help)"),
        arguments(
            List.of("run", "a.yaml", "b.yaml"),
            "floe: one argument too many: b.yaml (see floe run --help)"),
        arguments(
            List.of("run", "--port=70000", "a.yaml"),
            "floe: --port must be in 0..65535, got 70000 (see floe run --help)"),
        arguments(
            List.of("run", "--threads=0", "a.yaml"),
            "floe: --threads must be >= 1, got 0 (see floe run --help)"),
        arguments(
            List.of("run", "--threads=many", "a.yaml"),
            "floe: Invalid value for option '--threads': 'many' is not an int (see floe run"
                + " --help)"));
  }

  @ParameterizedTest(name = "{1} -> {2}")
  @MethodSource("input")
  void badInput_exitsWith2AndOneLineAndWritesNothing(String old, String replacement, String message)
      throws IOException {
    Files.writeString(sweep, TinySweep.YAML.replace(old, replacement));
    List<Path> before = files();
    Path output = directory.resolve("out");
    assertThat(floe("run", "--out", output, sweep)).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly("floe: " + message.replace("DIR", directory.toString()));
    assertThat(out.toString()).isEmpty();
    assertThat(requests).isEmpty();
    assertThat(files()).isEqualTo(before);
  }

  static Stream<Arguments> input() {
    return Stream.of(
        arguments(
            "rank:",
            "rnk: 3, rank:",
            "DIR/sweep.yaml:4: adapter.rnk: unknown key; did you mean rank?"),
        arguments(
            "[attention, mlp], rank: [2, 4]",
            "{modules: [gate_proj]}, rank: 16",
            "DIR/sweep.yaml: adapter.rank: must be at most 8, the smaller side of gate_proj (8 to"
                + " 12), got 16"),
        arguments(
            "[attention, mlp]",
            "[q_proj, wq]",
            "DIR/sweep.yaml: adapter.placement: the backbone has no module wq; it has q_proj,"
                + " k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj"),
        arguments(
            "backbone: model",
            "backbone: modle",
            "DIR/sweep.yaml: backbone: there is no directory DIR/modle"),
        arguments(
            "[test.json]",
            "[tests.json]",
            "DIR/sweep.yaml: data.evaluate: there is no file DIR/tests.json"),
        arguments(
            "train.json",
            "model",
            "DIR/sweep.yaml: data.train: is not a file that can be read: DIR/model"));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void brokenBackbone_isRefused() throws IOException {
    Path weights = directory.resolve("model/model.safetensors");
    Files.write(weights, new byte[] {1, 2, 3});
    assertThat(floe("run", sweep)).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1).allMatch(line -> line.contains(weights + ""));
    assertThat(requests).isEmpty();
  }

  @Test
  void brokenRow_isRefused() throws IOException {
    Path rows = Files.writeString(directory.resolve("test.json"), "[{\"output\": \"2\"}]");
    assertThat(floe("run", sweep)).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(1)
        .allMatch(line -> line.startsWith("floe: " + rows) && line.contains("instruction"));
  }

  @Test
  void plan_listsTheJobs() {
    assertThat(floe("plan", sweep)).isZero();
    assertThat(out.toString())
        .containsPattern(
            "tiny-[0-9a-f]{8}: 4 jobs on .*/model \\(llama, 1 layers, 696 parameters\\)\n")
        .contains("\n     3  adapter.type lora, adapter.placement mlp, adapter.rank 4, seed 0\n");
  }

  @Test
  void report_showsTheTable() throws IOException {
    SweepResults results =
        new SweepResults(
            "tiny", "id", "b", new SweepResults.Baseline(Map.of("test.accuracy", 0.5)), List.of());
    ResultsJson.write(directory.resolve("results.json"), results);
    assertThat(floe("report", directory)).isZero();
    assertThat(out.toString()).isEqualTo(ResultTable.render(results)).contains("50.0");
  }

  @Test
  void report_asJson_isTheFile() throws IOException {
    Path file = directory.resolve("results.json");
    ResultsJson.write(file, new SweepResults("tiny", "id", "b", null, List.of()));
    assertThat(floe("report", "--json", directory)).isZero();
    assertThat(out.toString()).isEqualTo(Files.readString(file));
  }

  @Test
  void report_withoutResults_isRefused() {
    assertThat(floe("report", directory)).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "floe: "
                + directory.resolve("results.json")
                + ": there is no such file; name a directory that floe run wrote to");
  }

  @Test
  void help_exitsWith0() {
    assertThat(floe("run", "--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: floe run").contains("--no-web");
  }
}
