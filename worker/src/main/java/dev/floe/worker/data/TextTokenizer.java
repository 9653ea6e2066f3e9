package dev.floe.worker.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneInspector;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import dev.floe.worker.sentencepiece.FastTokenizerJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Text to token ids and back, as the backbone's {@code tokenizer.json} says, or the SentencePiece
 * model {@code tokenizer.model} where that is all there is. It adds no special tokens, cuts nothing
 * off and fills nothing up: rows are put together elsewhere.
 */
public final class TextTokenizer implements AutoCloseable {
  private static final long LARGEST_FILE = 200_000_000;

  /** Texts per native call: its results hold much more than the ids. */
  private static final int CHUNK = 1_000;

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

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
    return openIfPresent(directory, vocabulary)
        .orElseThrow(() -> BackboneInspector.noTokenizer(directory));
  }

  /**
   * Checks a model directory's tokenizer against its backbone, without loading it.
   *
   * @param vocabulary rows of the backbone's embedding
   * @throws InvalidJobException it is missing or damaged, or has more tokens than the backbone
   */
  public static void check(Path directory, int vocabulary) throws IOException {
    Path file =
        BackboneInspector.tokenizer(directory)
            .orElseThrow(() -> BackboneInspector.noTokenizer(directory));
    checkVocabulary(file, json(file), vocabulary);
  }

  /** Loads the tokenizer of a model directory like {@link #open}; empty when it has none. */
  public static Optional<TextTokenizer> openIfPresent(Path directory, int vocabulary)
      throws IOException {
    Optional<Path> file = BackboneInspector.tokenizer(directory);
    return file.isEmpty() ? Optional.empty() : Optional.of(openFile(file.get(), vocabulary));
  }

  private static TextTokenizer openFile(Path file, int vocabulary) throws IOException {
    ObjectNode json = json(file);
    checkVocabulary(file, json, vocabulary);
    if (file.endsWith(BackboneInspector.SENTENCEPIECE)) {
      byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
      return new TextTokenizer(file, load(file, new ByteArrayInputStream(bytes)), vocabulary);
    }
    try (InputStream bytes = Files.newInputStream(file)) {
      return new TextTokenizer(file, load(file, bytes), vocabulary);
    }
  }

  private static ObjectNode json(Path file) throws IOException {
    if (file.endsWith(BackboneInspector.SENTENCEPIECE)) {
      return FastTokenizerJson.of(file);
    }
    try {
      return StrictJson.readObject(file, LARGEST_FILE);
    } catch (MalformedJsonException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static void checkVocabulary(Path file, ObjectNode tokenizer, int vocabulary) {
    JsonNode tokens = tokenizer.path("model").path("vocab");
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

  private static HuggingFaceTokenizer load(Path file, InputStream json) throws IOException {
    try {
      return HuggingFaceTokenizer.newInstance(json, OPTIONS);
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
