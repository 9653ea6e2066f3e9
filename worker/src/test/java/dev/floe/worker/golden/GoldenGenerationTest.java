package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.evaluate.BeamDecoder;
import dev.floe.worker.evaluate.GreedyDecoder;
import dev.floe.worker.kernel.GradMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Continuations, token by token, against those of Hugging Face transformers. */
class GoldenGenerationTest {
  private static final int NEW_TOKENS = 24;

  private static GoldenBackbones backbones;

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones();
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  static Stream<String> models() {
    return GoldenBackbones.namesAndVariants();
  }

  @ParameterizedTest
  @MethodSource("models")
  void greedyDecoding_givesTheGoldenTokens(String model) throws IOException {
    assertThat(greedy(model, Set.of()))
        .usingRecursiveComparison()
        .isEqualTo(golden(model, "greedy"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void rowsThatEnd_leaveTheBatchAndChangeNoOther(String model) throws IOException {
    List<int[]> whole = golden(model, "greedy");
    int end = whole.get(0)[2];
    List<int[]> expected = whole.stream().map(row -> before(end, row)).toList();
    assertThat(expected.get(0)).hasSizeLessThan(NEW_TOKENS);
    assertThat(greedy(model, Set.of(end))).usingRecursiveComparison().isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("models")
  void beamSearch_givesTheGoldenTokens(String model) throws IOException {
    Backbone backbone = backbones.get(model);
    List<int[]> generated =
        new BeamDecoder(backbone, backbone.decoder(Attachment.NONE), 4, 1, Set.of())
            .generate(golden(model, "token_ids"), NEW_TOKENS, () -> false);
    assertThat(generated).usingRecursiveComparison().isEqualTo(golden(model, "beam4"));
  }

  static Stream<Arguments> penalties() {
    return GoldenBackbones.NAMES.stream()
        .flatMap(model -> Stream.of(0.0, 1.0, 2.0).map(penalty -> Arguments.of(model, penalty)));
  }

  @ParameterizedTest
  @MethodSource("penalties")
  void beamSearchWithEndTokens_givesTheGoldenTokens(String model, double penalty)
      throws IOException {
    List<JsonNode> lines =
        new GoldenModel(model)
            .lines("generate-beams-end.jsonl").stream()
                .filter(line -> line.get("length_penalty").asDouble() == penalty)
                .toList();
    Set<Integer> endTokens = new HashSet<>();
    lines.get(0).get("end_tokens").forEach(token -> endTokens.add(token.asInt()));
    Backbone backbone = backbones.get(model);
    List<int[]> generated =
        new BeamDecoder(backbone, backbone.decoder(Attachment.NONE), 4, penalty, endTokens)
            .generate(ids(lines, "token_ids"), NEW_TOKENS, () -> false);
    assertThat(generated).usingRecursiveComparison().isEqualTo(ids(lines, "beam4"));
  }

  static Stream<Arguments> adapters() {
    Stream<Arguments> onAllModels =
        GoldenBackbones.NAMES.stream()
            .flatMap(
                model ->
                    Stream.of("lora-all", "prefix").map(adapter -> Arguments.of(model, adapter)));
    return Stream.concat(onAllModels, GoldenBackbones.adapterVariants());
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void cachedDecodingWithAnAdapter_isThatOfWholeRows(String model, String name) throws IOException {
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = new GoldenModel(model).adapter(name, backbone)) {
      Decoder decoder = backbone.decoder(adapter);
      List<int[]> rows = golden(model, "token_ids");
      List<int[]> generated =
          new GreedyDecoder(backbone, decoder, Set.of()).generate(rows, 6, () -> false);
      for (int i = 0; i < 6; i++) {
        int step = i;
        int[] next = nextTokens(backbone, decoder, rows);
        assertThat(generated.stream().mapToInt(row -> row[step]).toArray()).isEqualTo(next);
        rows = append(rows, next);
      }
    }
  }

  static int[] nextTokens(Backbone backbone, Decoder decoder, List<int[]> rows) {
    try (GradMode mode = GradMode.off();
        NDManager scope = backbone.manager().newSubManager()) {
      PackedBatch batch = PackedBatch.ofPrompts(scope, rows);
      NDArray hidden = decoder.forward(scope, batch);
      long[] chosen =
          backbone
              .kernels()
              .choose(scope, hidden, batch.picks(), decoder.head(), decoder.headBias())
              .toLongArray();
      return Arrays.stream(chosen).mapToInt(Math::toIntExact).toArray();
    }
  }

  private static List<int[]> append(List<int[]> rows, int[] next) {
    List<int[]> longer = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int[] row = Arrays.copyOf(rows.get(i), rows.get(i).length + 1);
      row[row.length - 1] = next[i];
      longer.add(row);
    }
    return longer;
  }

  private static List<int[]> greedy(String model, Set<Integer> endTokens) throws IOException {
    Backbone backbone = backbones.get(model);
    return new GreedyDecoder(backbone, backbone.decoder(Attachment.NONE), endTokens)
        .generate(golden(model, "token_ids"), NEW_TOKENS, () -> false);
  }

  private static int[] before(int end, int[] row) {
    return Arrays.stream(row).takeWhile(token -> token != end).toArray();
  }

  static List<int[]> golden(String model, String field) throws IOException {
    return ids(new GoldenModel(model).lines("generate.jsonl"), field);
  }

  private static List<int[]> ids(List<JsonNode> lines, String field) {
    return lines.stream()
        .map(
            line ->
                StreamSupport.stream(line.get(field).spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray())
        .toList();
  }
}
