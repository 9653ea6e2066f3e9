package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.protocol.job.DataSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.TestTokenizer;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.config.LlamaConfig;
import dev.floe.worker.config.Rope;
import dev.floe.worker.config.SpecialTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowEncoderTest {
  private static final int BOS = 1;
  private static final int EOS = 2;

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void openTokenizer() throws Exception {
    tokenizer = TestTokenizer.open();
  }

  @AfterAll
  static void closeTokenizer() {
    tokenizer.close();
  }

  @Test
  void rows_becomeTheTokensAndLabelsOfThePapersCode() throws Exception {
    JsonNode cases =
        new ObjectMapper().readTree(TestTokenizer.directory().resolve("paper-rows.json").toFile());
    int dropped = 0;
    for (JsonNode example : cases) {
      Row row =
          new Row.Instruction(
              example.get("instruction").asText(),
              example.get("input").asText(),
              example.get("output").asText(),
              null);
      RowEncoder encoder =
          encoder(example.get("cutoff").asInt(), example.get("train_on_inputs").asBoolean());
      TrainingRow expected = new TrainingRow(ints(example, "ids"), ints(example, "labels"));
      if (expected.labelled() == 0) {
        dropped++;
        assertThatThrownBy(() -> encoder.encode(file(row))).isInstanceOf(InvalidJobException.class);
        continue;
      }
      List<TrainingRow> rows = encoder.encode(file(row)).rows();
      assertThat(rows).hasSize(1);
      assertThat(rows.get(0).tokens()).as("%s", example).containsExactly(expected.tokens());
      assertThat(rows.get(0).labels()).as("%s", example).containsExactly(expected.labels());
    }
    assertThat(dropped).isBetween(1, cases.size() / 2);
  }

  @Test
  void promptThatFillsTheCutoff_isDroppedAndCounted() {
    Row fits = new Row.Instruction("Add.", "", "The answer is 3.", null);
    Row endless = new Row.Instruction("Add ".repeat(200), "", "The answer is 3.", null);
    Row cut = new Row.Instruction("Add.", "", "The answer is 3. ".repeat(50), null);
    EncodedData data = encoder(100, false).encode(file(fits, endless, cut, endless));
    assertThat(data.rows()).hasSize(2);
    assertThat(data.dropped()).isEqualTo(2);
    assertThat(data.truncated()).isEqualTo(1);
    assertThat(data.rows().get(1).tokens()).hasSize(100).doesNotContain(EOS);
  }

  @Test
  void documents_areTrainedOnWhole() {
    EncodedData data = encoder(256, false).encode(file(new Row.Document("12 + 7 = 19.")));
    int[] tokens = data.rows().get(0).tokens();
    assertThat(tokens).startsWith(BOS).endsWith(EOS);
    assertThat(tokenizer.decode(tokens, true)).isEqualTo("12 + 7 = 19.");
    assertThat(data.rows().get(0).labels()).containsExactly(tokens);
  }

  @Test
  void tokenRows_areTakenAsTheyAre() {
    EncodedData data =
        encoder(3, true)
            .encode(
                file(
                    new Row.TokenIds(new int[] {7, 8}, null, null),
                    new Row.TokenIds(new int[] {7, 8, 9, 10}, new int[] {-100, -100, 9, 10}, null),
                    new Row.TokenIds(new int[] {7, 8, 9}, new int[] {7, -100, -100}, null)));
    assertThat(data.rows()).hasSize(2);
    assertThat(data.rows().get(0).tokens()).containsExactly(7, 8);
    assertThat(data.rows().get(0).labels()).containsExactly(7, 8);
    assertThat(data.rows().get(1).tokens()).containsExactly(7, 8, 9);
    assertThat(data.rows().get(1).labels()).containsExactly(-100, -100, 9);
    assertThat(data.dropped()).isEqualTo(1);
    assertThat(data.truncated()).isEqualTo(1);
  }

  @Test
  void backboneWithoutSpecialTokens_getsNone() {
    RowEncoder encoder =
        new RowEncoder(config(512, new SpecialTokens(null, List.of(), null)), tokenizer, spec(64));
    int[] tokens = encoder.encode(file(new Row.Document("12 + 7"))).rows().get(0).tokens();
    assertThat(tokens).containsExactly(tokenizer.encode("12 + 7"));
  }

  @Test
  void prompts_areNotCutAtTheCutoff() {
    Row row = new Row.Instruction("Add ".repeat(50), "", "unused", "3");
    List<int[]> prompts =
        encoder(16, true)
            .prompts(file(row, new Row.TokenIds(new int[] {5, 6}, null, "3")), 10)
            .tokens();
    assertThat(prompts.get(0)[0]).isEqualTo(BOS);
    assertThat(tokenizer.decode(prompts.get(0), true))
        .isEqualTo(PromptTemplate.ALPACA.render("Add ".repeat(50), ""));
    assertThat(prompts.get(1)).containsExactly(5, 6);
  }

  @Test
  void brokenRows_areRefusedByNumber() {
    Row good = new Row.Instruction("Add.", "", "3", null);
    RowEncoder encoder = encoder(64, false);
    assertRefused(
        () -> encoder.encode(file(good, new Row.Instruction("Add.", "", null, null))),
        "rows.json: row 2 has no \"output\" to train on");
    assertRefused(
        () -> encoder.encode(file(good, new Row.TokenIds(new int[] {400}, null, null))),
        "row 2 has token id 400; vocab_size is 400");
    assertRefused(
        () -> encoder.encode(file(new Row.TokenIds(new int[] {1, 2}, new int[] {1, 9999}, null))),
        "row 1 has token id 9999");
    assertRefused(
        () -> encoder.prompts(file(new Row.Document("text")), 1),
        "row 1 is a document, \"text\", which has no prompt");
    RowEncoder custom =
        new RowEncoder(
            config(512, specialTokens()),
            tokenizer,
            new DataSpec(null, List.of(), "Q: {instruction}", 64, true, true));
    assertRefused(
        () -> custom.encode(file(good, new Row.Instruction("Add.", "1, 2", "3", null))),
        "row 2 has an \"input\", but the prompt template has no place");
  }

  @Test
  void rowsBeyondTheContext_areRefused() {
    RowEncoder encoder = new RowEncoder(config(64, specialTokens()), tokenizer, spec(256));
    Row row = new Row.Instruction("Add ".repeat(30), "", "3", null);
    assertRefused(() -> encoder.encode(file(row)), "but the backbone has 64; lower data.cutoff");
    assertRefused(
        () -> encoder.prompts(file(new Row.TokenIds(new int[60], null, null)), 63),
        "row 1 needs 123 tokens of context, but the backbone has 64; lower evaluate.max-new-tokens");
  }

  @Test
  void promptsBeyondTheContext_loseTheirBeginningButForBos() {
    RowEncoder encoder = new RowEncoder(config(64, specialTokens()), tokenizer, spec(256));
    int[] ids = IntStream.rangeClosed(1, 60).toArray();
    Row shorter = new Row.TokenIds(new int[] {5, 6}, null, null);
    Prompts prompts = encoder.prompts(file(new Row.TokenIds(ids, null, null), shorter), 60);
    assertThat(prompts.tokens().get(0)).containsExactly(1, 58, 59, 60);
    assertThat(prompts.tokens().get(1)).containsExactly(5, 6);
    assertThat(prompts.truncated()).isEqualTo(1);
  }

  @Test
  void textWithoutATokenizer_isRefusedButTokensAreNot() {
    RowEncoder encoder = new RowEncoder(config(512, specialTokens()), null, spec(64));
    Row tokens = new Row.TokenIds(new int[] {5, 6}, null, null);
    assertThat(encoder.encode(file(tokens)).rows()).hasSize(1);
    assertRefused(
        () -> encoder.encode(file(tokens, new Row.Document("text"))),
        "row 2 is text, but the backbone has no tokenizer.json and no tokenizer.model");
  }

  @Test
  void noRowLeft_isRefused() {
    Row row = new Row.Instruction("Add ".repeat(200), "", "3", null);
    assertRefused(
        () -> encoder(100, false).encode(file(row, row)),
        "rows.json: none of its 2 rows has a token to train on within data.cutoff 100");
  }

  private static void assertRefused(Runnable encode, String problem) {
    assertThatThrownBy(encode::run)
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(problem);
  }

  private static RowEncoder encoder(int cutoff, boolean trainOnInputs) {
    return new RowEncoder(
        config(512, specialTokens()),
        tokenizer,
        new DataSpec(null, List.of(), "alpaca", cutoff, trainOnInputs, true));
  }

  private static DataSpec spec(int cutoff) {
    return new DataSpec(null, List.of(), "alpaca", cutoff, true, true);
  }

  private static SpecialTokens specialTokens() {
    return new SpecialTokens(BOS, List.of(EOS), 0);
  }

  private static RowFile file(Row... rows) {
    return new RowFile(Path.of("rows.json"), List.of(rows));
  }

  private static int[] ints(JsonNode example, String key) {
    return StreamSupport.stream(example.get(key).spliterator(), false)
        .flatMapToInt(node -> IntStream.of(node.intValue()))
        .toArray();
  }

  private static BackboneConfig config(int context, SpecialTokens special) {
    Rope rope = new Rope(10_000, new Rope.Unscaled());
    return new LlamaConfig(
        "llama",
        1,
        8,
        8,
        1,
        1,
        8,
        TestTokenizer.VOCABULARY,
        context,
        1e-6,
        rope,
        false,
        false,
        false,
        true,
        0.02,
        null,
        special);
  }
}
