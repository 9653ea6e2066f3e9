package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.cli.Floe;
import dev.floe.worker.safetensors.SafetensorsWriter;
import dev.floe.worker.safetensors.TensorData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input gets one line (what, where, what to do), exit code 2, and nothing is written. */
class BadInputTest {
  @TempDir Path directory;

  private Path sweep;
  private Path weights;
  private Path output;

  @BeforeEach
  void writeGoodInput() throws IOException {
    sweep = TinySweep.write(directory, TinySweep.TWO_JOBS);
    weights = directory.resolve("model").resolve(TinyModel.WEIGHTS);
    output = directory.resolve("out");
  }

  /** Runs the command and expects that it is refused in one line that holds all these words. */
  private void assertRefused(List<Object> arguments, Object... words) throws IOException {
    List<Path> before = files();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Floe.execute(
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.stream().map(Object::toString).toArray(String[]::new));
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("floe: ")
        .contains(Arrays.stream(words).map(Object::toString).toList());
    assertThat(exit).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(files()).isEqualTo(before);
  }

  private void assertRunRefused(Object... words) throws IOException {
    assertRefused(List.of("run", sweep, "--out", output), words);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          rank: [2, 4]         | rnak: [2, 4]      | sweep.yaml:4: adapter.rnak      | unknown key                      | did you mean rank?
          batch: 4             | btach: 4          | sweep.yaml:5: train.btach       | unknown key                      | did you mean batch?
          rank: [2, 4]         | rank: [2, four]   | sweep.yaml:4: adapter.rank      | expected a whole number          | found "four"
          steps: 6             | steps: many       | sweep.yaml:5: train.steps       | expected a whole number          | found "many"
          rank: [2, 4]         | rank: []          | sweep.yaml:4: adapter.rank      | the list is empty                | give at least one value
          seeds: [0]           | seeds: []         | sweep.yaml:6: seeds             | the list is empty                | give at least one value
          rank: [2, 4]         | rank: [2, 400]    | sweep.yaml: adapter.rank        | at most 16, the smaller side of k_proj | got 400
          placement: attention | placement: [[wq]] | sweep.yaml: adapter.placement   | the backbone has no module wq    | it has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj
          backbone: model      | backbone: modle   | sweep.yaml: backbone            | there is no directory            | modle
          """)
  void wrongSweepFile(String old, String replacement, String where, String what, String more)
      throws IOException {
    String changed = TinySweep.TWO_JOBS.replace(old, replacement);
    assertThat(changed).isNotEqualTo(TinySweep.TWO_JOBS);
    Files.writeString(sweep, changed);
    assertRunRefused(where, what, more);
  }

  @Test
  void missingTensor() throws IOException {
    SafetensorsWriter.write(
        weights,
        TinyModel.tensors().stream().filter(t -> !t.name().equals(TinyModel.LAST_NORM)).toList(),
        Map.of());
    assertRunRefused(directory.resolve("model"), TinyModel.LAST_NORM);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"llama\" | \"mamba\" | model_type \"mamba\" is not supported; supported: llama",
        "\"silu\"  | \"mish\"  | hidden_act \"mish\" is not supported; supported: silu",
      })
  void unknownArchitectureOrActivation(String old, String replacement, String what)
      throws IOException {
    changeConfig(old, replacement);
    assertRunRefused(weights.resolveSibling("config.json"), what);
  }

  @Test
  void wrongTensorShape() throws IOException {
    changeConfig("\"intermediate_size\": 48", "\"intermediate_size\": 40");
    assertRunRefused(
        weights,
        "model.layers.0.mlp.gate_proj.weight",
        "has shape [48, 32], but config.json asks for [40, 32]",
        "config and weights must be of one model");
  }

  @Test
  void missingShard() throws IOException {
    Path shard = weights.resolveSibling("model-00001-of-00002.safetensors");
    Path missing = weights.resolveSibling("model-00002-of-00002.safetensors");
    Files.move(weights, shard);
    String entries =
        TinyModel.tensors().stream()
            .map(
                tensor ->
                    "\"%s\": \"%s\""
                        .formatted(
                            tensor.name(),
                            (tensor.name().equals(TinyModel.LAST_NORM) ? missing : shard)
                                .getFileName()))
            .collect(Collectors.joining(", "));
    Files.writeString(
        weights.resolveSibling("model.safetensors.index.json"),
        "{\"weight_map\": {" + entries + "}}");
    assertRunRefused(missing, "is missing");
  }

  @Test
  void vocabularyThatIsNotTheTokenizers() throws IOException {
    changeConfig("\"vocab_size\": 563", "\"vocab_size\": 500");
    SafetensorsWriter.write(
        weights,
        TinyModel.tensors().stream()
            .map(
                tensor ->
                    tensor.name().equals("model.embed_tokens.weight")
                        ? TensorData.ofFloats(
                            tensor.name(), new long[] {500, 32}, new float[500 * 32])
                        : tensor)
            .toList(),
        Map.of());
    assertRunRefused(
        weights.resolveSibling("tokenizer.json"),
        "has 563 tokens, but config.json's vocab_size is 500");
  }

  private void changeConfig(String old, String replacement) throws IOException {
    Path config = weights.resolveSibling("config.json");
    String text = Files.readString(config);
    assertThat(text).contains(old);
    Files.writeString(config, text.replace(old, replacement));
  }

  @Test
  void truncatedWeights() throws IOException {
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length - 100));
    assertRunRefused(weights, "the file is cut off", "download or save it again");
  }

  @Test
  void headerThatClaimsTooMuch() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(1_000_000_000_000_000L);
    Files.write(weights, bytes);
    assertRunRefused(weights, "header", "1000000000000000");
  }

  @Test
  void pickledWeights() throws IOException {
    Files.move(weights, weights.resolveSibling("pytorch_model.bin"));
    assertRunRefused(
        directory.resolve("model"), "pytorch_model.bin", "never read", "safe_serialization=True");
  }

  @Test
  void rowWithoutInstruction() throws IOException {
    Path rows = directory.resolve("test.json");
    Files.writeString(rows, "[{\"instruction\": \"a\"}, {\"output\": \"b\"}]");
    assertRunRefused(rows, "row 2", "instruction");
  }

  @Test
  void unknownOption() throws IOException {
    assertRefused(
        List.of("run", sweep, "--ouput", output), "unknown option --ouput", "did you mean --out?");
  }

  @Test
  void noSuchSweepFile() throws IOException {
    Path missing = directory.resolve("sweeps.yaml");
    assertRefused(List.of("run", missing, "--out", output), missing, "no such file");
  }

  @Test
  void takenPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertRefused(
          List.of("run", sweep, "--out", output, "--port", port),
          "--port",
          "127.0.0.1:" + port,
          "choose another");
    }
  }

  @Test
  void outputOfAnotherSweep() throws IOException {
    Files.createDirectory(output);
    Files.writeString(
        output.resolve("results.json"),
        """
        {"sweep": "other", "id": "0a1b2c3d", "backbone": "b", "baseline": {"metrics": {}},
         "jobs": []}
        """);
    assertRunRefused(output, "holds sweep other-0a1b2c3d", "choose another --out");
  }

  @Test
  void inAProcessOfItsOwn_itIsTheSame() throws IOException, InterruptedException {
    Files.writeString(sweep, TinySweep.TWO_JOBS.replace("rank:", "rnk:"));
    try (FloeProcess floe = FloeProcess.start("run", sweep, "--out", output)) {
      assertThat(floe.awaitExit()).isEqualTo(2);
      assertThat(floe.errors().lines())
          .singleElement()
          .asString()
          .startsWith("floe: " + sweep + ":4: adapter.rnk: unknown key")
          .contains("did you mean rank?");
      assertThat(floe.output()).isEmpty();
      assertThat(output).doesNotExist();
    }
  }
}
