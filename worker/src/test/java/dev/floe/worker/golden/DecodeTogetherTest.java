package dev.floe.worker.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.Sampling;
import dev.floe.worker.adapter.Adapter;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.evaluate.Continuation;
import dev.floe.worker.evaluate.DecodeWatch;
import dev.floe.worker.evaluate.Decoding;
import dev.floe.worker.evaluate.Generator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of several adapters in one decode batch, against each adapter by itself. */
class DecodeTogetherTest {
  private static final DecodeWatch NOBODY = DecodeWatch.ofOne(() -> false, done -> {});

  private static GoldenBackbones backbones;

  private Decoding decoding = Decoding.greedy(12);
  private final List<Adapter> adapters = new ArrayList<>();

  @BeforeAll
  static void prepare() {
    backbones = new GoldenBackbones();
  }

  @AfterAll
  static void close() {
    backbones.close();
  }

  @AfterEach
  void closeAdapters() {
    adapters.forEach(Adapter::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama-gqa", "gptj", "opt", "gpt_neox"})
  void sameTokens_onEveryArchitecture(String model) throws IOException {
    open(model, "lora-all", "parallel-mlp", "series-mlp", "lora-qv");
    assertThatAllDecodeAsAlone(model, Set.of(), prompts(model));
  }

  /** BLOOM's most likely tokens are the same under all adapters; those that are drawn are not. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "bloom"})
  void sameTokens_whereTheyAreDrawn(String model) throws IOException {
    decoding = new Decoding(12, 1, new Sampling(1, 0, 1, 5), List.of(), false);
    open(model, "lora-all", "parallel-mlp", "series-mlp", "lora-qv");
    assertThatAllDecodeAsAlone(model, Set.of(), prompts(model));
  }

  @Test
  void sameTokens_ofAdaptersOfAllKinds() throws IOException {
    open(
        "llama",
        "lora-qv",
        "ia3",
        "series-attention",
        "series-attention-input",
        "lora-dora",
        "parallel-mlp",
        "parallel-block",
        "series-mlp",
        "lora-rslora");
    assertThatAllDecodeAsAlone("llama", Set.of(), prompts("llama"));
  }

  @Test
  void sameTokens_whereRowsEndAtDifferentLengths() throws IOException {
    open("llama", "lora-all", "ia3", "lora-qv");
    int end = alone("llama", adapters.get(0), Set.of(), prompts("llama")).get(0)[2];
    assertThat(alone("llama", adapters.get(0), Set.of(end), prompts("llama")).get(0))
        .hasSizeLessThan(decoding.maxNewTokens());
    assertThatAllDecodeAsAlone("llama", Set.of(end), prompts("llama"));
  }

  @Test
  void sameTokens_behindACommonBeginning() throws IOException {
    open("llama", "lora-all", "ia3", "lora-qv");
    int[] beginning = GoldenGenerationTest.golden("llama", "greedy").get(1);
    List<int[]> longer =
        prompts("llama").stream()
            .map(own -> IntStream.concat(Arrays.stream(beginning), Arrays.stream(own)).toArray())
            .toList();
    assertThatAllDecodeAsAlone("llama", Set.of(), longer);
  }

  @Test
  void stoppedAdapter_leavesTheOthersAsTheyAre() throws IOException {
    open("llama", "lora-all", "ia3", "lora-qv");
    int[] done = new int[adapters.size()];
    DecodeWatch watch =
        new DecodeWatch() {
          @Override
          public boolean stopped(int adapter) {
            return adapter == 1 && done[0] > 0;
          }

          @Override
          public void done(int adapter, int rows) {
            done[adapter] = rows;
          }
        };
    List<int[]> prompts = prompts("llama");
    List<List<int[]>> together = together("llama", Set.of(), prompts, 2, watch);
    assertThat(done[0]).isEqualTo(prompts.size());
    assertThat(done[2]).isEqualTo(prompts.size());
    assertThat(together.get(1).get(prompts.size() - 1)).isEmpty();
    for (int adapter : List.of(0, 2)) {
      assertThat(together.get(adapter))
          .usingRecursiveComparison()
          .isEqualTo(alone("llama", adapters.get(adapter), Set.of(), prompts));
    }
  }

  @Test
  void virtualTokensAndOwnWeights_decodeByThemselves() throws IOException {
    open("llama", "prefix", "prompt", "lora-qv");
    Backbone llama = backbones.get("llama");
    assertThat(adapters.stream().map(llama::decodesWithOthers)).containsExactly(false, false, true);
    open("opt", "lora-bias-all");
    assertThat(backbones.get("opt").decodesWithOthers(adapters.get(3))).isFalse();
  }

  private void assertThatAllDecodeAsAlone(String model, Set<Integer> ends, List<int[]> prompts)
      throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (Adapter adapter : adapters) {
      outcomes.add(Arrays.deepToString(alone(model, adapter, ends, prompts).toArray()));
    }
    assertThat(outcomes).hasSizeGreaterThan(1);
    for (int seats : List.of(3, 7, 64)) {
      List<List<int[]>> together = together(model, ends, prompts, seats, NOBODY);
      for (int adapter = 0; adapter < adapters.size(); adapter++) {
        assertThat(together.get(adapter))
            .as("adapter %d, %d seats", adapter, seats)
            .usingRecursiveComparison()
            .isEqualTo(alone(model, adapters.get(adapter), ends, prompts));
      }
    }
  }

  private void open(String model, String... names) throws IOException {
    for (String name : names) {
      adapters.add(new GoldenModel(model).adapter(name, backbones.get(model)));
    }
  }

  private static List<int[]> prompts(String model) throws IOException {
    return GoldenGenerationTest.golden(model, "token_ids");
  }

  private List<int[]> alone(String model, Adapter adapter, Set<Integer> ends, List<int[]> prompts)
      throws IOException {
    Backbone backbone = backbones.get(model);
    return tokens(
        new Generator(backbone, backbone.decoder(adapter), null, decoding, ends, 64)
            .generate(prompts, () -> false, done -> {}));
  }

  private List<List<int[]>> together(
      String model, Set<Integer> ends, List<int[]> prompts, int seats, DecodeWatch watch)
      throws IOException {
    return Generator.ofSeveral(backbones.get(model), adapters, null, decoding, ends, seats)
        .generate(prompts, watch)
        .stream()
        .map(DecodeTogetherTest::tokens)
        .toList();
  }

  private static List<int[]> tokens(List<Continuation> continuations) {
    return continuations.stream().map(Continuation::tokens).toList();
  }
}
