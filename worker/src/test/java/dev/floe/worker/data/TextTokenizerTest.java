package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.TestTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
  private static final String TEXT = "Tom had 12 apples \u2014 \u00fcber 3!\n\n  \uD83D\uDE42";

  @TempDir Path directory;

  @Test
  void text_survivesTheRoundTripWithoutSpecialTokens() throws Exception {
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      int[] ids = tokenizer.encode(TEXT);
      assertThat(ids).isNotEmpty().doesNotContain(0, 1, 2);
      assertThat(tokenizer.decode(ids, true)).isEqualTo(TEXT);
    }
  }

  @Test
  void specialTokens_areSkippedOnDemand() throws Exception {
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      int[] ids = IntStream.concat(IntStream.of(1), IntStream.of(tokenizer.encode("a"))).toArray();
      assertThat(tokenizer.decode(ids, true)).isEqualTo("a");
      assertThat(tokenizer.decode(ids, false)).isEqualTo("<s>a");
    }
  }

  @Test
  void manyTexts_giveWhatEachGivesAlone() throws Exception {
    List<String> texts =
        IntStream.range(0, 2_300).mapToObj(i -> i % 7 == 0 ? "" : "Tom had " + i).toList();
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      List<int[]> all = tokenizer.encodeAll(texts);
      assertThat(all).hasSize(texts.size());
      for (int i = 0; i < texts.size(); i += 97) {
        assertThat(all.get(i)).containsExactly(tokenizer.encode(texts.get(i)));
      }
      assertThat(tokenizer.encodeAll(List.of())).isEmpty();
    }
  }

  @Test
  void longText_isNotCutOff() throws Exception {
    try (TextTokenizer tokenizer = TestTokenizer.open()) {
      String text = "apples ".repeat(5_000);
      assertThat(tokenizer.decode(tokenizer.encode(text), true)).isEqualTo(text);
    }
  }

  @Test
  void smallerEmbedding_isRefused() {
    assertThatThrownBy(() -> TextTokenizer.open(TestTokenizer.directory(), 399))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(
            "tokenizer.json: has 400 tokens, but config.json's vocab_size is 399");
  }

  @Test
  void addedTokenBeyondTheEmbedding_isRefusedOnceATextHasIt() throws Exception {
    write(
        Files.readString(TestTokenizer.directory().resolve("tokenizer.json"))
            .replace(
                "\"added_tokens\":[",
                """
                "added_tokens":[{"id":400,"content":"<pad>","single_word":false,"lstrip":false,
                "rstrip":false,"normalized":false,"special":true},"""));
    try (TextTokenizer tokenizer = TextTokenizer.open(directory, TestTokenizer.VOCABULARY)) {
      assertThat(tokenizer.encode("a")).hasSize(1);
      assertThatThrownBy(() -> tokenizer.encode("a<pad>"))
          .isInstanceOf(InvalidJobException.class)
          .hasMessageContaining("makes token 400, but config.json's vocab_size is 400");
    }
  }

  @Test
  void brokenFiles_areRefusedInOneLine() throws Exception {
    for (String text :
        List.of(
            "",
            "{",
            "{}",
            "[]",
            "{\"model\":{}}",
            "{\"model\":{\"vocab\":{}}}",
            "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}")) {
      write(text);
      assertThatThrownBy(() -> TextTokenizer.open(directory, TestTokenizer.VOCABULARY).close())
          .isInstanceOf(InvalidJobException.class)
          .hasMessageStartingWith(directory.resolve("tokenizer.json").toString());
    }
  }

  @Test
  void missingFile_isRefused() {
    assertThatThrownBy(() -> TextTokenizer.open(directory, 400))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("tokenizer.json: is missing");
  }

  private void write(String text) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), text);
  }
}
