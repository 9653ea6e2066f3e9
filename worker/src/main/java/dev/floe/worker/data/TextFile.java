package dev.floe.worker.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.data.RowReader.BrokenRowException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts to be continued or scored, in JSON lines or a JSON array: {@code {id, text}} or {@code {id,
 * token_ids}}, to be scored also {@code {id, token_ids, labels}}. The id may be any JSON value; a
 * row without one is known by its number, from 1.
 */
public final class TextFile {
  private final Path path;
  private final List<Item> items;

  private TextFile(Path path, List<Item> items) {
    this.path = path;
    this.items = items;
  }

  private record Item(JsonNode id, Row row) {}

  /**
   * A text as the backbone sees it.
   *
   * @param id as the file has it
   */
  public record Text(JsonNode id, TrainingRow row) {}

  /**
   * Reads a file.
   *
   * @throws InvalidJobException it is missing, empty or no JSON, or a row is broken
   */
  public static TextFile read(Path path) throws IOException {
    return new TextFile(path, JsonRows.read(path, TextFile::item));
  }

  private static Item item(ObjectNode object) throws BrokenRowException {
    Row row = RowReader.read(object);
    if (row instanceof Row.Instruction) {
      throw new BrokenRowException(
          "is an instruction; give \"text\", the whole prompt, or \"token_ids\"");
    }
    return new Item(object.get("id"), row);
  }

  /**
   * What is to be continued.
   *
   * @param texts one per row, no longer than the context has room for
   * @param truncated prompts whose beginning was left out, as the context has no room for it
   */
  public record PromptTexts(List<Text> texts, int truncated) {}

  /**
   * The rows made of tokens: bos and the text, or the ids as they are given. Every token that has
   * one before it carries loss, unless labels say otherwise.
   *
   * @param tokenizer null when the backbone has none: then rows must be token ids
   * @throws InvalidJobException a row is text without a tokenizer, too long, or has an id that the
   *     backbone does not know
   */
  public List<Text> encode(BackboneConfig config, TextTokenizer tokenizer) {
    List<Text> texts = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      TrainingRow row = row(i, config, tokenizer);
      checkContext(i, config, row.tokens().length);
      texts.add(new Text(id(i), row));
    }
    return texts;
  }

  /**
   * The rows made of tokens like {@link #encode}, to be continued. Of one that is too long for the
   * context the beginning is left out, its first token excepted.
   *
   * @param further tokens that must fit into the backbone's context too
   * @throws InvalidJobException the context has no room for any prompt; or as for {@link #encode}
   */
  public PromptTexts prompts(BackboneConfig config, TextTokenizer tokenizer, int further) {
    int room = config.longestContext() - further;
    List<Text> texts = new ArrayList<>(items.size());
    int truncated = 0;
    for (int i = 0; i < items.size(); i++) {
      int[] tokens = row(i, config, tokenizer).tokens();
      if (room < Prompts.SHORTEST) {
        checkContext(i, config, tokens.length + further);
      }
      int[] kept = Prompts.fit(tokens, room);
      texts.add(new Text(id(i), new TrainingRow(kept, kept)));
      truncated += kept.length < tokens.length ? 1 : 0;
    }
    return new PromptTexts(texts, truncated);
  }

  private void checkContext(int index, BackboneConfig config, int tokens) {
    if (tokens > config.longestContext()) {
      throw JsonRows.broken(
          path,
          index,
          "needs %d tokens of context, but the backbone has %d"
              .formatted(tokens, config.longestContext()));
    }
  }

  private JsonNode id(int index) {
    JsonNode id = items.get(index).id();
    return id == null ? IntNode.valueOf(index + 1) : id;
  }

  private TrainingRow row(int index, BackboneConfig config, TextTokenizer tokenizer) {
    if (items.get(index).row() instanceof Row.TokenIds given) {
      checkIds(index, given.ids(), config.vocabulary());
      int[] labels = given.labels() == null ? given.ids() : given.labels();
      checkIds(index, labels, config.vocabulary());
      return new TrainingRow(given.ids(), labels);
    }
    if (tokenizer == null) {
      throw JsonRows.broken(
          path, index, "is text, but the backbone has no tokenizer.json and no tokenizer.model");
    }
    Row.Document document = (Row.Document) items.get(index).row();
    int[] ids = config.specialTokens().withBos(tokenizer.encode(document.text()));
    return new TrainingRow(ids, ids);
  }

  private void checkIds(int index, int[] ids, int vocabulary) {
    Arrays.stream(ids)
        .filter(id -> id >= vocabulary)
        .findFirst()
        .ifPresent(
            id -> {
              throw JsonRows.broken(
                  path, index, "has token id %d; vocab_size is %d".formatted(id, vocabulary));
            });
  }
}
