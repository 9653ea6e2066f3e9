package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.Golden;
import dev.floe.worker.InvalidJobException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowFileTest {
  private static final Row FULL = new Row.Instruction("Add.", "1 and 2", "3", "3.0");
  private static final Row BARE = new Row.Instruction("Say \u00fc.", "", null, "4");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        [{"instruction": "Add.", "input": "1 and 2", "output": "3", "answer": "3.0"},
         {"instruction": "Say ü.", "answer": 4, "id": 7, "more": {"nested": [1, 2]}}]
        """,
        """
        {"instruction": "Add.", "input": "1 and 2", "output": "3", "answer": "3.0"}
        {"instruction": "Say ü.", "input": null, "output": null, "answer": 4}
        """,
        """


        {"instruction": "Add.", "input": "1 and 2", "output": "3", "answer": "3.0"}

        {"instruction": "Say ü.", "answer": 4, "text": "not this"}""",
      })
  void arrayAndLines_giveTheSameRows(String text) throws Exception {
    assertThat(read(text).rows()).containsExactly(FULL, BARE);
  }

  @Test
  void byteOrderMarkAndCarriageReturns_areIgnored() throws Exception {
    assertThat(read("\ufeff{\"instruction\":\"a\"}\r\n{\"text\":\"b\"}\r\n").rows())
        .containsExactly(new Row.Instruction("a", "", null, null), new Row.Document("b"));
  }

  @Test
  void rowOfGsm8k_hasItsNumberAndStepsWithoutNotes() throws Exception {
    List<Row> rows =
        read("""
                {"question": "How many?", "answer": "He has 48/2 = <<48/2=24>>24 clips.\\n#### 1,024"}
                """)
            .rows();
    assertThat(rows)
        .containsExactly(
            new Row.Instruction(
                "How many?", "", "He has 48/2 = 24 clips.\nThe answer is 1,024.", "1,024"));
  }

  @Test
  void firstRows_areAsManyAsThereAre() throws Exception {
    RowFile file = read("{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
    assertThat(file.first(1).rows()).containsExactly(new Row.Document("a"));
    assertThat(file.first(3)).isEqualTo(file);
    assertThat(file.first(0)).isEqualTo(file);
  }

  @Test
  void rowsOfTokens_areRead() throws Exception {
    List<Row> rows =
        read("""
                {"token_ids": [1, 5, 6], "labels": [-100, 5, 6], "answer": "B"}
                {"token_ids": [1, 5]}
                """)
            .rows();
    Row.TokenIds labelled = (Row.TokenIds) rows.get(0);
    assertThat(labelled.ids()).containsExactly(1, 5, 6);
    assertThat(labelled.labels()).containsExactly(-100, 5, 6);
    assertThat(labelled.answer()).isEqualTo("B");
    assertThat(((Row.TokenIds) rows.get(1)).labels()).isNull();
  }

  @Test
  void goldenGeneration_isReadAsTokens() throws Exception {
    RowFile file = RowFile.read(Golden.path("llama/generate.jsonl"));
    assertThat(file.name()).isEqualTo("generate");
    assertThat(file.rows()).hasSize(4).allMatch(Row.TokenIds.class::isInstance);
    assertThat(((Row.TokenIds) file.rows().get(0)).ids()).containsExactly(23, 23, 7);
  }

  @Test
  void numbersAndTruthValues_areAnswersAsWritten() throws Exception {
    assertThat(
            read("[{\"instruction\":\"a\",\"answer\":-1.5},{\"instruction\":\"a\",\"answer\":true}]")
                .rows())
        .extracting(Row::answer)
        .containsExactly("-1.5", "true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"query\":\"a\",\"output\":\"b\"} | has no \"instruction\" (nor \"text\", \"question\" nor \"token_ids\"); its keys are: query, output",
        "{\"question\":\"a\",\"answer\":\"b\"} | has a \"question\", but no \"answer\" that ends in #### and a number, as GSM8K's do",
        "{}                                   | its keys are: none",
        "{\"instruction\":null}               | has no \"instruction\"",
        "{\"instruction\":\" \"}              | has an empty \"instruction\"",
        "{\"instruction\":3}                  | has a \"instruction\" that is no string: 3",
        "{\"instruction\":\"a\",\"input\":[]} | has a \"input\" that is no string: []",
        "{\"instruction\":\"a\",\"output\":1} | has a \"output\" that is no string: 1",
        "{\"instruction\":\"a\",\"answer\":[1]} | has an \"answer\" that is neither number nor string",
        "{\"instruction\":\"a\",\"answer\":\"\"} | has an empty \"answer\"",
        "{\"text\":\"\"}                      | has an empty \"text\"",
        "{\"token_ids\":[]}                   | has an empty \"token_ids\"",
        "{\"token_ids\":7}                    | has a \"token_ids\" that is no list: 7",
        "{\"token_ids\":[1,-100]}             | has -100 in \"token_ids\", which is no token id",
        "{\"token_ids\":[1.5]}                | has 1.5 in \"token_ids\"",
        "{\"token_ids\":[99999999999]}        | has 99999999999 in \"token_ids\"",
        "{\"token_ids\":[1],\"labels\":[-1]}  | has -1 in \"labels\"",
        "{\"token_ids\":[1],\"labels\":[1,2]} | has 1 \"token_ids\" but 2 \"labels\"",
        "{\"instruction\":\"a\",\"instruction\":\"b\"} | Duplicate",
        "{\"instruction\":\"a\"               | is not valid JSON",
        "{'instruction':'a'}                  | is not valid JSON",
        "oops                                 | is not valid JSON",
        "\"text\"                             | is no JSON object",
        "17                                   | is no JSON object",
      })
  void brokenRow_isRefusedByFileRowAndProblem(String row, String problem) throws Exception {
    String good = "{\"instruction\":\"a\"}";
    assertRefused(good + "\n" + good + "\n" + row, ": row 3 ", problem);
    assertRefused("[" + good + ",\n" + good + ",\n" + row + "]", ": row 3 ", problem);
  }

  @Test
  void brokenRow_isRefusedByLineToo() throws Exception {
    assertRefused("[\n{\"instruction\":\n\"a\"},\n\n{\"x\":1}]", ": row 2 (line 5) has no", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n\n", "[]", " [ ] "})
  void fileWithoutRows_isRefused(String text) throws Exception {
    assertRefused(text, "holds no rows", "");
  }

  @Test
  void textAfterTheArray_isRefused() throws Exception {
    assertRefused("[{\"instruction\":\"a\"}] {}", "follows the end of the JSON array", "");
  }

  @Test
  void truncatedArray_isRefused() throws Exception {
    assertRefused("[{\"instruction\":\"a\"},", ": row 2 ", "not valid JSON");
    assertRefused("[{\"instruction\":\"a\"}", ": row 2 ", "not valid JSON");
  }

  @Test
  void deepNesting_isRefused() throws Exception {
    String deep = "{\"instruction\":\"a\",\"x\":" + "[".repeat(1_000_000);
    assertRefused(deep, ": row 1 ", "nesting depth");
  }

  @Test
  void textThatIsNotUtf8_isRefusedByItsLine() throws Exception {
    String row = "{\"instruction\":\"caf\u00e9\"}\n";
    byte[] utf8 = row.repeat(600).getBytes(StandardCharsets.UTF_8);
    byte[] latin = row.getBytes(StandardCharsets.ISO_8859_1);
    byte[] both = java.util.Arrays.copyOf(utf8, utf8.length + latin.length);
    System.arraycopy(latin, 0, both, utf8.length, latin.length);
    Path file = Files.write(directory.resolve("rows.jsonl"), both);
    assertThatThrownBy(() -> RowFile.read(file))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(file + ": line 601 is not valid UTF-8; save the file as UTF-8");
  }

  @Test
  void missingFile_isRefused() {
    assertThatThrownBy(() -> RowFile.read(directory.resolve("none.json")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("none.json: there is no such file");
  }

  private RowFile read(String text) throws IOException {
    return RowFile.read(Files.writeString(directory.resolve("rows.json"), text));
  }

  private void assertRefused(String text, String where, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageStartingWith(directory.resolve("rows.json").toString())
        .hasMessageContaining(where)
        .hasMessageContaining(problem)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n", "\r"));
  }
}
