package dev.floe.cli.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.floe.worker.data.PromptTemplate;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Everything that the quickstart is made from, generated from a fixed seed: the text that its
 * backbone is pre-trained on, the tokenizer, and the word problems that adapters are tuned on.
 */
public final class QuickstartCorpus {
  /** Rows of pre-training text: 2,000 steps of 32. */
  public static final int DOCUMENTS = 64_000;

  private static final int TRAINING_PROBLEMS = 1_000;
  private static final int TEST_PROBLEMS = 120;
  private static final int LARGEST_VOCABULARY = 768;

  /** Longest document in tokens, the special ones included. */
  private static final int DOCUMENT_TOKENS = 96;

  private static final double SUMS = 0.4;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Counts tokens as the tokenizer has them: every word is one, digits and marks stand alone, and
   * so does the space in front of a number.
   */
  private static final Pattern TOKEN = Pattern.compile(" ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\p{N}| ");

  private final long seed;

  public QuickstartCorpus(long seed) {
    this.seed = seed;
  }

  /** Writes the documents as JSON lines of {@code {"text": …}}. */
  public void writeDocuments(Path file, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Stories stories = new Stories(random.split());
    try (Writer out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        String text = document(stories, random.nextDouble() < SUMS);
        out.write(JSON.writeValueAsString(JSON.createObjectNode().put("text", text)));
        out.write("\n");
      }
    }
  }

  /** As many whole sums or stories as fit. */
  private static String document(Stories stories, boolean sums) {
    List<String> pieces = new ArrayList<>();
    int used = 2;
    while (true) {
      String piece = sums ? stories.sum() : stories.story();
      used += (int) TOKEN.matcher(pieces.isEmpty() ? piece : " " + piece).results().count();
      if (used > DOCUMENT_TOKENS) {
        return String.join(" ", pieces);
      }
      pieces.add(piece);
    }
  }

  /**
   * Writes the tokenizer. It has seen the words of the paper's prompt, so that the prompt costs few
   * tokens; the backbone never has.
   */
  public void writeTokenizer(Path file) throws IOException {
    SplittableRandom random = new SplittableRandom(seed + 1);
    Stories stories = new Stories(random.split());
    BytePairTrainer trainer = new BytePairTrainer();
    for (int i = 0; i < 4_000; i++) {
      trainer.add(stories.story());
    }
    for (int i = 0; i < 2_000; i++) {
      WordProblems.Problem problem = WordProblems.any(random, false);
      trainer.add(PromptTemplate.ALPACA.render(problem.instruction(), "") + problem.output());
    }
    int merges =
        LARGEST_VOCABULARY - TokenizerFile.SPECIAL.size() - BytePairTrainer.ALPHABET.size();
    TokenizerFile.write(file, trainer.learn(merges));
  }

  /** Writes the training and the test split of the task. */
  public void writeProblems(Path train, Path test) throws IOException {
    SplittableRandom random = new SplittableRandom(seed + 2);
    writeProblems(train, random, TRAINING_PROBLEMS, false);
    writeProblems(test, random, TEST_PROBLEMS, true);
  }

  private static void writeProblems(Path file, SplittableRandom random, int count, boolean test)
      throws IOException {
    ArrayNode rows = JSON.createArrayNode();
    for (int i = 0; i < count; i++) {
      rows.addPOJO(WordProblems.any(random, test));
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), rows);
  }
}
