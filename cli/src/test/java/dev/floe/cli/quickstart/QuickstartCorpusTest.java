package dev.floe.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.worker.data.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in the repository are what the generator makes, and the splits keep their promise. */
class QuickstartCorpusTest {
  private static final Path LIBRARY = Path.of("../sweeps/library");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  @TempDir private Path directory;

  @Test
  void tokenizer_inTheRepository_isTheGeneratedOne() throws IOException {
    Path made = directory.resolve("tokenizer.json");
    new QuickstartCorpus(QuickstartCommand.SEED).writeTokenizer(made);
    assertThat(made)
        .hasSameTextualContentAs(LIBRARY.resolve("backbones/quickstart/tokenizer.json"));
  }

  @Test
  void problems_inTheRepository_areTheGeneratedOnes() throws IOException {
    Path train = directory.resolve("train.json");
    Path test = directory.resolve("test.json");
    new QuickstartCorpus(QuickstartCommand.SEED).writeProblems(train, test);
    assertThat(train).hasSameTextualContentAs(LIBRARY.resolve("data/word-problems-train.json"));
    assertThat(test).hasSameTextualContentAs(LIBRARY.resolve("data/word-problems-test.json"));
  }

  @Test
  void numbersOfATestQuestion_standTogetherInNoTrainingRow() throws IOException {
    Set<Set<String>> together = new HashSet<>();
    for (JsonNode row : rows("word-problems-train.json")) {
      List<String> numbers = numbers(row.get("output").asText());
      together.add(Set.copyOf(numbers.subList(0, 2)));
      together.add(new HashSet<>(List.of(numbers.get(0), numbers.get(2))));
      together.add(new HashSet<>(List.of(numbers.get(1), numbers.get(2))));
    }
    for (JsonNode row : rows("word-problems-test.json")) {
      assertThat(together).doesNotContain(Set.copyOf(numbers(row.get("instruction").asText())));
    }
  }

  @Test
  void documents_neverHaveTheFormOfThePrompt_andFitTheirLength() throws IOException {
    Path file = directory.resolve("documents.jsonl");
    new QuickstartCorpus(QuickstartCommand.SEED).writeDocuments(file, 2_000);
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      texts.add(new ObjectMapper().readTree(line).get("text").asText());
    }
    assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContain("###", "answer"));
    try (TextTokenizer tokenizer =
        TextTokenizer.open(LIBRARY.resolve("backbones/quickstart"), 563)) {
      assertThat(tokenizer.encodeAll(texts)).allMatch(ids -> ids.length + 2 <= 97);
    }
  }

  private static JsonNode rows(String name) throws IOException {
    return new ObjectMapper().readTree(LIBRARY.resolve("data").resolve(name).toFile());
  }

  private static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(match -> match.group()).toList();
  }
}
