package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.evaluate.GreedyDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
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
    return GoldenBackbones.NAMES.stream();
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

  private static List<int[]> greedy(String model, Set<Integer> endTokens) throws IOException {
    Backbone backbone = backbones.get(model);
    return new GreedyDecoder(backbone, backbone.decoder(Attachment.NONE), endTokens)
        .generate(golden(model, "token_ids"), NEW_TOKENS, () -> false);
  }

  private static int[] before(int end, int[] row) {
    return Arrays.stream(row).takeWhile(token -> token != end).toArray();
  }

  private static List<int[]> golden(String model, String field) throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (JsonNode line : new GoldenModel(model).generations()) {
      rows.add(
          StreamSupport.stream(line.get(field).spliterator(), false)
              .mapToInt(JsonNode::asInt)
              .toArray());
    }
    return rows;
  }
}
