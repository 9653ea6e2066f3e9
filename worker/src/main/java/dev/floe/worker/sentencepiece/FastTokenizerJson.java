package dev.floe.worker.sentencepiece;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.OneLine;
import dev.floe.worker.files.StrictJson;
import dev.floe.worker.sentencepiece.SentencePieceModel.Kind;
import dev.floe.worker.sentencepiece.SentencePieceModel.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The {@code tokenizer.json} that a SentencePiece model comes to, splitting texts as transformers'
 * LlamaTokenizer does: spaces become {@code ▁}, one is put in front of a text that begins with
 * none, characters without a piece fall back to bytes, and control tokens written in a text are
 * those tokens. {@code tokenizer_config.json}, where there is one, may add tokens and decide on the
 * space in front.
 */
public final class FastTokenizerJson {
  private static final String CONFIG = "tokenizer_config.json";
  private static final long LARGEST_CONFIG = 20_000_000;
  private static final String SPACE = "▁";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SentencePieceModel model;
  private final JsonNode config;

  private FastTokenizerJson(SentencePieceModel model, JsonNode config) {
    this.model = model;
    this.config = config;
  }

  /**
   * Makes the tokenizer of a directory's model.
   *
   * @param file the model
   * @throws InvalidJobException model or config is damaged, or the model unlike LLaMA's
   */
  public static ObjectNode of(Path file) throws IOException {
    SentencePieceModel model = SentencePieceModel.read(file);
    return new FastTokenizerJson(model, config(file.resolveSibling(CONFIG))).tokenizer();
  }

  private static JsonNode config(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return JSON.createObjectNode();
    }
    try {
      return StrictJson.readObject(file, LARGEST_CONFIG);
    } catch (MalformedJsonException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private ObjectNode tokenizer() {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("version", "1.0");
    tokenizer.set("added_tokens", addedTokens());
    boolean prefix = config.path("add_prefix_space").asBoolean(model.prefixSpace());
    tokenizer
        .putObject("pre_tokenizer")
        .put("type", "Metaspace")
        .put("replacement", SPACE)
        .put("prepend_scheme", prefix ? scheme() : "never")
        .put("split", false);
    tokenizer.set("decoder", decoder(prefix));
    tokenizer.set("model", bytePairs());
    return tokenizer;
  }

  /** Old tokenizers also put a space behind each control token in a text. */
  private String scheme() {
    return config.path("legacy").asBoolean(false) ? "always" : "first";
  }

  private ArrayNode addedTokens() {
    Map<Integer, ObjectNode> tokens = new TreeMap<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      switch (piece.kind()) {
        case UNKNOWN, CONTROL -> tokens.put(id, addedToken(id, piece.text(), true));
        case USER_DEFINED -> tokens.put(id, addedToken(id, piece.text(), false));
        default -> {}
      }
    }
    for (Map.Entry<String, JsonNode> entry : config.path("added_tokens_decoder").properties()) {
      JsonNode token = entry.getValue();
      int id = id(entry.getKey());
      if (id >= model.pieces().size()) {
        String content = token.path("content").asText();
        tokens.put(id, addedToken(id, content, token.path("special").asBoolean()));
      }
    }
    return JSON.createArrayNode().addAll(tokens.values());
  }

  private static int id(String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new InvalidJobException(
          "%s: added_tokens_decoder has %s where a token id should be"
              .formatted(CONFIG, OneLine.quote(key)),
          e);
    }
  }

  private static ObjectNode addedToken(int id, String content, boolean special) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }

  private static ObjectNode decoder(boolean prefix) {
    ObjectNode decoder = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode parts = decoder.putArray("decoders");
    ObjectNode spaces = parts.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("String", SPACE);
    parts.addObject().put("type", "ByteFallback");
    parts.addObject().put("type", "Fuse");
    if (prefix) {
      parts.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    return decoder;
  }

  private ObjectNode bytePairs() {
    ObjectNode pairs = JSON.createObjectNode().put("type", "BPE").put("fuse_unk", true);
    boolean bytes = model.pieces().stream().anyMatch(piece -> piece.kind() == Kind.BYTE);
    pairs.put("byte_fallback", bytes);
    model.pieces().stream()
        .filter(piece -> piece.kind() == Kind.UNKNOWN)
        .findFirst()
        .ifPresent(unknown -> pairs.put("unk_token", unknown.text()));
    ObjectNode vocabulary = pairs.putObject("vocab");
    for (int id = 0; id < model.pieces().size(); id++) {
      vocabulary.put(model.pieces().get(id).text(), id);
    }
    ArrayNode merges = pairs.putArray("merges");
    merges().forEach(merge -> merges.addArray().add(merge.left).add(merge.right));
    return pairs;
  }

  /** Two pieces that make a third. */
  private record Merge(String left, String right) {}

  /** Every way to make a piece of two others, those of the highest score first. */
  private List<Merge> merges() {
    List<Piece> normal =
        model.pieces().stream()
            .filter(piece -> piece.kind() == Kind.NORMAL)
            .sorted(Comparator.comparingDouble(piece -> -piece.score()))
            .toList();
    Set<String> known = normal.stream().map(Piece::text).collect(Collectors.toSet());
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : normal) {
      String text = piece.text();
      for (int at = 1; at < text.length(); at++) {
        String left = text.substring(0, at);
        String right = text.substring(at);
        if (known.contains(left) && known.contains(right)) {
          merges.add(new Merge(left, right));
        }
      }
    }
    return merges;
  }
}
