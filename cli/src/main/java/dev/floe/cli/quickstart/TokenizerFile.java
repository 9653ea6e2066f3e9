package dev.floe.cli.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes a byte-level vocabulary as the {@code tokenizer.json} that Hugging Face reads. */
final class TokenizerFile {
  static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>");
  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerFile() {}

  /** Words of the vocabulary in the order of their ids: special ones, bytes, merges. */
  static List<String> vocabulary(List<BytePairTrainer.Merge> merges) {
    Set<String> words = new LinkedHashSet<>(SPECIAL);
    BytePairTrainer.ALPHABET.forEach(c -> words.add(c.toString()));
    merges.forEach(merge -> words.add(merge.joined()));
    return new ArrayList<>(words);
  }

  static void write(Path file, List<BytePairTrainer.Merge> merges) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < SPECIAL.size(); id++) {
      ObjectNode token = added.addObject();
      token.put("id", id).put("content", SPECIAL.get(id));
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(flag, false);
      }
      token.put("special", true);
    }
    root.putNull("normalizer");
    ObjectNode before = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode cutters = before.putArray("pretokenizers");
    cutters.addObject().put("type", "Digits").put("individual_digits", true);
    byteLevel(cutters.addObject());
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model").put("type", "BPE");
    for (String unused :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.putNull(unused);
    }
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    List<String> words = vocabulary(merges);
    for (int id = 0; id < words.size(); id++) {
      vocabulary.put(words.get(id), id);
    }
    ArrayNode ranked = model.putArray("merges");
    merges.forEach(merge -> ranked.addArray().add(merge.left()).add(merge.right()));
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }
}
