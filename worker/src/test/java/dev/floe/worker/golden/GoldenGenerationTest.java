package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.protocol.job.Sampling;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Attachment;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Decoder;
import dev.floe.worker.backbone.PackedBatch;
import dev.floe.worker.evaluate.BeamDecoder;
import dev.floe.worker.evaluate.Continuation;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Generator;
import dev.floe.worker.kernel.GradMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
  void waitingRows_takeTheSeatsOfThoseThatEndAndChangeNoOther(String model) throws IOException {
    List<int[]> whole = golden(model, "greedy");
    int end = whole.get(0)[2];
    List<int[]> prompts = new ArrayList<>();
    List<int[]> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      prompts.addAll(golden(model, "token_ids"));
      whole.forEach(row -> expected.add(before(end, row)));
    }
    for (int seats : List.of(1, 2, 5)) {
      assertThat(generate(backbones.get(model), Attachment.NONE, prompts, Set.of(end), seats))
          .usingRecursiveComparison()
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void commonBeginning_isRunOnceAndChangesNoRow(String model) throws IOException {
    assertThatSharingChangesNothing(backbones.get(model), Attachment.NONE, model);
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void commonBeginningUnderAnAdapter_changesNoRow(String model, String name) throws IOException {
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = new GoldenModel(model).adapter(name, backbone)) {
      assertThatSharingChangesNothing(backbone, adapter, model);
    }
  }

  /** A prompt that is alone shares nothing. */
  private static void assertThatSharingChangesNothing(
      Backbone backbone, Attachment attachment, String model) throws IOException {
    int[] beginning = golden(model, "greedy").get(1);
    List<int[]> prompts =
        golden(model, "token_ids").stream().map(prompt -> concat(beginning, prompt)).toList();
    List<int[]> alone = new ArrayList<>();
    for (int[] prompt : prompts) {
      alone.addAll(generate(backbone, attachment, List.of(prompt), Set.of(), 64));
    }
    assertThat(generate(backbone, attachment, prompts, Set.of(), 64))
        .usingRecursiveComparison()
        .isEqualTo(alone);
  }

  @Test
  void drawnRows_doNotDependOnTheirBatch() throws IOException {
    List<int[]> together = sampled(3, 64);
    assertThat(sampled(3, 2)).usingRecursiveComparison().isEqualTo(together);
    assertThat(sampled(4, 64)).usingRecursiveComparison().isNotEqualTo(together);
  }

  private static List<int[]> sampled(long seed, int seats) throws IOException {
    Backbone backbone = backbones.get("llama");
    Decoder decoder = backbone.decoder(Attachment.NONE);
    Sampling sampling = new Sampling(0.8, 50, 0.95, seed);
    return tokens(
        generator(backbone, decoder, sampling, NEW_TOKENS, Set.of(), seats)
            .generate(golden("llama", "token_ids"), () -> false, done -> {}));
  }

  @Test
  void oneTokenToDrawFrom_isTheMostLikelyOne() throws IOException {
    Backbone backbone = backbones.get("llama");
    Decoder decoder = backbone.decoder(Attachment.NONE);
    List<int[]> drawn =
        tokens(
            generator(backbone, decoder, new Sampling(1, 1, 1, 0), NEW_TOKENS, Set.of(), 64)
                .generate(golden("llama", "token_ids"), () -> false, done -> {}));
    assertThat(drawn).usingRecursiveComparison().isEqualTo(golden("llama", "greedy"));
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
    return Stream.of(onAllModels, GoldenBackbones.adapterVariants(), GoldenBackbones.besideMlp())
        .flatMap(cases -> cases);
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void cachedDecodingWithAnAdapter_isThatOfWholeRows(String model, String name) throws IOException {
    Backbone backbone = backbones.get(model);
    try (Adapter adapter = new GoldenModel(model).adapter(name, backbone)) {
      Decoder decoder = backbone.decoder(adapter);
      List<int[]> rows = golden(model, "token_ids");
      List<int[]> generated =
          tokens(
              generator(backbone, decoder, null, 6, Set.of(), 64)
                  .generate(rows, () -> false, done -> {}));
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
              .tokens()
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
    return generate(backbone, Attachment.NONE, golden(model, "token_ids"), endTokens, 64);
  }

  private static List<int[]> generate(
      Backbone backbone,
      Attachment attachment,
      List<int[]> prompts,
      Set<Integer> endTokens,
      int seats) {
    Decoder decoder = backbone.decoder(attachment);
    return tokens(
        generator(backbone, decoder, null, NEW_TOKENS, endTokens, seats)
            .generate(prompts, () -> false, done -> {}));
  }

  private static Generator generator(
      Backbone backbone,
      Decoder decoder,
      Sampling sampling,
      int tokens,
      Set<Integer> ends,
      int seats) {
    Decoding decoding = new Decoding(tokens, 1, sampling, List.of(), false);
    return new Generator(backbone, decoder, null, decoding, ends, seats);
  }

  private static List<int[]> tokens(List<Continuation> continuations) {
    return continuations.stream().map(Continuation::tokens).toList();
  }

  private static int[] concat(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
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
