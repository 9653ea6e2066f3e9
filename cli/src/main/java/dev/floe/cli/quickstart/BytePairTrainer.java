package dev.floe.cli.quickstart;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level byte-pair vocabulary (arXiv 1508.07909): starting from bytes, the pair that
 * occurs most often is merged, again and again, until no pair occurs twice or the vocabulary is
 * full. Digits are never merged: each is a token of its own.
 */
final class BytePairTrainer {
  /** How byte-level tokenizers cut text into words, after digits have been cut out. */
  private static final Pattern WORD =
      Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private static final Pattern DIGIT = Pattern.compile("\\p{N}");

  private final Map<String, Integer> counts = new LinkedHashMap<>();

  /** A pair of symbols that became one. */
  record Merge(String left, String right) {
    String joined() {
      return left + right;
    }
  }

  void add(String text) {
    int from = 0;
    Matcher digits = DIGIT.matcher(text);
    while (digits.find()) {
      addWords(text.substring(from, digits.start()));
      from = digits.end();
    }
    addWords(text.substring(from));
  }

  private void addWords(String text) {
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      counts.merge(visible(words.group()), 1, Integer::sum);
    }
  }

  /**
   * Learns merges in the order in which they apply.
   *
   * @param most how many at the most
   */
  List<Merge> learn(int most) {
    List<Word> words = new ArrayList<>();
    counts.forEach((text, count) -> words.add(new Word(text, count)));
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < most) {
      Map<Merge, Integer> pairs = new LinkedHashMap<>();
      words.forEach(word -> word.countPairs(pairs));
      Map.Entry<Merge, Integer> best =
          pairs.entrySet().stream()
              .max(
                  Map.Entry.<Merge, Integer>comparingByValue()
                      .thenComparing(entry -> entry.getKey().joined(), Comparator.reverseOrder()))
              .orElse(null);
      if (best == null || best.getValue() < 2) {
        break;
      }
      merges.add(best.getKey());
      words.forEach(word -> word.merge(best.getKey()));
    }
    return merges;
  }

  /** A word as the symbols that it is made of so far. */
  private static final class Word {
    private final List<String> symbols = new ArrayList<>();
    private final int count;

    Word(String text, int count) {
      text.chars().forEach(c -> symbols.add(Character.toString(c)));
      this.count = count;
    }

    void countPairs(Map<Merge, Integer> pairs) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        pairs.merge(new Merge(symbols.get(i), symbols.get(i + 1)), count, Integer::sum);
      }
    }

    void merge(Merge merge) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        if (symbols.get(i).equals(merge.left()) && symbols.get(i + 1).equals(merge.right())) {
          symbols.set(i, merge.joined());
          symbols.remove(i + 1);
        }
      }
    }
  }

  /** Text as byte-level tokenizers write it: every byte is one visible character. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      visible.append(ALPHABET.get(b & 0xFF));
    }
    return visible.toString();
  }

  /** The visible character of each byte: itself if it can be seen, else one from U+0100 on. */
  static final List<Character> ALPHABET = alphabet();

  private static List<Character> alphabet() {
    List<Character> alphabet = new ArrayList<>();
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean seen = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      alphabet.add((char) (seen ? b : next++));
    }
    return List.copyOf(alphabet);
  }
}
