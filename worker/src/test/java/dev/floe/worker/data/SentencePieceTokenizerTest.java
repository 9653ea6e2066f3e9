package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.worker.InvalidJobException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTokenizerTest {
  private static final int PIECES = 379;

  @TempDir Path directory;

  private static Path fixture(String name) throws URISyntaxException {
    return Path.of(SentencePieceTokenizerTest.class.getResource("/sentencepiece/" + name).toURI());
  }

  private void copyModel() throws Exception {
    Files.copy(fixture("tokenizer.model"), directory.resolve("tokenizer.model"));
  }

  @Test
  void texts_haveTheIdsOfTransformersAndComeBack() throws Exception {
    copyModel();
    try (TextTokenizer tokenizer = TextTokenizer.open(directory, PIECES)) {
      for (String line : Files.readAllLines(fixture("expected.jsonl"))) {
        JsonNode expected = new ObjectMapper().readTree(line);
        int[] ids =
            StreamSupport.stream(expected.get("ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        String text = expected.get("text").asText();
        assertThat(tokenizer.encode(text)).as(text).containsExactly(ids);
        assertThat(tokenizer.decode(ids, true)).isEqualTo(expected.get("decoded").asText());
        assertThat(tokenizer.decode(ids, false)).isEqualTo(expected.get("with_special").asText());
      }
    }
  }

  @Test
  void tokenizerConfig_mayAddTokensAndLeaveOutTheSpaceInFront() throws Exception {
    copyModel();
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        """
        {"add_prefix_space": false,
         "added_tokens_decoder": {"2": {"content": "</s>", "special": true},
                                  "379": {"content": "<pad>", "special": true}}}""");
    try (TextTokenizer tokenizer = TextTokenizer.open(directory, PIECES + 1)) {
      int[] ids = tokenizer.encode("Tom<pad>");
      assertThat(ids).endsWith(379);
      assertThat(tokenizer.decode(ids, false)).isEqualTo("Tom<pad>");
      assertThat(ids[0]).isNotEqualTo(302); // " Tom"
    }
  }

  @Test
  void fastTokenizer_comesFirst() throws Exception {
    copyModel();
    Files.copy(
        dev.floe.worker.TestTokenizer.directory().resolve("tokenizer.json"),
        directory.resolve("tokenizer.json"));
    try (TextTokenizer tokenizer = TextTokenizer.open(directory, 400)) {
      assertThat(tokenizer.decode(tokenizer.encode(" a"), true)).isEqualTo(" a");
    }
  }

  @Test
  void smallerEmbedding_isRefused() throws Exception {
    copyModel();
    assertRefused("tokenizer.model: has 379 tokens, but config.json's vocab_size is 300", 300);
  }

  @Test
  void damagedModel_isRefusedInOneLine() throws Exception {
    byte[] whole = Files.readAllBytes(fixture("tokenizer.model"));
    Path file = directory.resolve("tokenizer.model");
    Files.write(file, Arrays.copyOf(whole, 1_001));
    assertRefused("is no SentencePiece model: it ends in the middle of a field", PIECES);
    Files.write(file, new byte[0]);
    assertRefused("is no SentencePiece model: it has no pieces", PIECES);
    Files.writeString(file, "{\"model\": {}}");
    assertRefused("is no SentencePiece model", PIECES);
  }

  @Test
  void modelOfAnotherKind_isRefused() throws Exception {
    // one piece "a", and of the defaults only that spaces are kept: a unigram model
    Files.write(
        directory.resolve("tokenizer.model"), new byte[] {0x0A, 3, 0x0A, 1, 'a', 0x1A, 2, 0x20, 0});
    assertRefused("is no byte-pair model, unlike LLaMA's", PIECES);
    // byte pairs, but spaces are taken out by default
    Files.write(
        directory.resolve("tokenizer.model"), new byte[] {0x0A, 3, 0x0A, 1, 'a', 0x12, 2, 0x18, 2});
    assertRefused("changes characters or spaces before it splits a text", PIECES);
  }

  @Test
  void neitherFile_isRefusedByName() {
    assertRefused("tokenizer.json: is missing, and so is tokenizer.model", PIECES);
  }

  private void assertRefused(String problem, int vocabulary) {
    assertThatThrownBy(() -> TextTokenizer.open(directory, vocabulary))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }
}
