package dev.floe.worker.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Text to token ids and back, as the backbone's {@code tokenizer.json} says. It adds no special
 * tokens, cuts nothing off and fills nothing up: rows are put together elsewhere.
 */
public final class TextTokenizer implements AutoCloseable {
  private static final long LARGEST_FILE = 200_000_000;

  /** Texts per native call: its results hold much more than the ids. */
  private static final int CHUNK = 1_000;

  private final Path file;
  private final HuggingFaceTokenizer tokenizer;
  private final int vocabulary;

  private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer, int vocabulary) {
    this.file = file;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
  }

  /**
   * Loads the tokenizer of a model directory.
   *
   * @param vocabulary rows of the backbone's embedding
   * @throws InvalidJobException it is missing or damaged, or has more tokens than the backbone
   */
  public static TextTokenizer open(Path directory, int vocabulary) throws IOException {
    Path file = check(directory, vocabulary);
    return new TextTokenizer(file, load(file), vocabulary);
  }

  /**
   * Checks a model directory's tokenizer against its backbone, without loading it.
   *
   * @param vocabulary rows of the backbone's embedding
   * @return its file
   * @throws InvalidJobException it is missing or damaged, or has more tokens than the backbone
   */
  public static Path check(Path directory, int vocabulary) throws IOException {
    Path file = directory.resolve(BackboneInspector.TOKENIZER);
    if (!Files.isRegularFile(file)) {
      throw new InvalidJobException(
          file + ": is missing; save the model's fast tokenizer there with save_pretrained");
    }
    checkVocabulary(file, vocabulary);
    return file;
  }

  /** Loads the tokenizer of a model directory like {@link #open}; empty when it has none. */
  public static Optional<TextTokenizer> openIfPresent(Path directory, int vocabulary)
      throws IOException {
    return Files.exists(directory.resolve(BackboneInspector.TOKENIZER))
        ? Optional.of(open(directory, vocabulary))
        : Optional.empty();
  }

  private static void checkVocabulary(Path file, int vocabulary) throws IOException {
    JsonNode tokens;
    try {
      tokens = StrictJson.readObject(file, LARGEST_FILE).path("model").path("vocab");
    } catch (MalformedJsonException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
    // An object of token to id, or for Unigram an array of [token, score].
    if (!tokens.isContainerNode()) {
      throw new InvalidJobException(
          file + ": has no model.vocab, so it is no Hugging Face tokenizer; save it again");
    }
    if (tokens.size() > vocabulary) {
      throw new InvalidJobException(
          "%s: has %d tokens, but config.json's vocab_size is %d; they must be of one model"
              .formatted(file, tokens.size(), vocabulary));
    }
  }

  private static HuggingFaceTokenizer load(Path file) throws IOException {
    try {
      return HuggingFaceTokenizer.builder()
          .optTokenizerPath(file)
          .optAddSpecialTokens(false)
          .optTruncation(false)
          .optPadding(false)
          .build();
    } catch (RuntimeException e) {
      // The native library tells of a bad file by a bare RuntimeException.
      throw new InvalidJobException(
          file + ": is no tokenizer that can be loaded: " + e.getMessage(), e);
    }
  }

  /** The token ids of a text. */
  public int[] encode(String text) {
    return ids(tokenizer.encode(text, false, false));
  }

  /** The token ids of each text, in order; many texts go faster together. */
  public List<int[]> encodeAll(List<String> texts) {
    List<int[]> all = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += CHUNK) {
      List<String> chunk = texts.subList(from, Math.min(from + CHUNK, texts.size()));
      for (Encoding encoding : tokenizer.batchEncode(chunk, false, false)) {
        all.add(ids(encoding));
      }
    }
    return all;
  }

  /**
   * The text of the tokens.
   *
   * @param skipSpecial whether tokens such as the end of a text are left out
   */
  public String decode(int[] ids, boolean skipSpecial) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
  }

  private int[] ids(Encoding encoding) {
    long[] wide = encoding.getIds();
    int[] ids = new int[wide.length];
    for (int i = 0; i < ids.length; i++) {
      if (wide[i] >= vocabulary) {
        // Added tokens may lie beyond the embedding; that matters only once a text has one.
        throw new InvalidJobException(
            "%s: makes token %d, but config.json's vocab_size is %d; they must be of one model"
                .formatted(file, wide[i], vocabulary));
      }
      ids[i] = (int) wide[i];
    }
    return ids;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
