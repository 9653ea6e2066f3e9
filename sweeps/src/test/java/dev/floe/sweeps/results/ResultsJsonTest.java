package dev.floe.sweeps.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsJsonTest {
  @TempDir Path directory;

  private static JsonNode tree(SweepResults results) throws IOException {
    return new ObjectMapper().readTree(ResultsJson.render(results));
  }

  @Test
  void doneJob_isWrittenWithTheKeysThatOtherProgramsRead() throws IOException {
    JsonNode tree = tree(SampleResults.sweep());
    assertThat(tree.toString())
        .startsWith(
            "{\"sweep\":\"quickstart\",\"id\":\"0123abcd\",\"backbone\":\"/models/tiny\","
                + "\"baseline\":{\"metrics\":{\"test.accuracy\":0.01}},\"jobs\":[");
    assertThat(tree.at("/jobs/0").toString())
        .isEqualTo(
            "{\"job\":0,\"parameters\":{\"adapter.type\":\"lora\","
                + "\"adapter.placement\":\"mlp\",\"adapter.rank\":4,\"seed\":0},"
                + "\"state\":\"done\",\"attempts\":1,\"trainable_parameters\":12288,"
                + "\"final_loss\":0.43125,\"losses\":[2.5,0.43125],"
                + "\"metrics\":{\"test.accuracy\":0.455},\"seconds\":12.34,"
                + "\"tokens_per_second\":4012.4,\"adapter\":\"/runs/one/adapters/12288\"}");
  }

  @Test
  void numbersThatAreNotFinite_areNull() throws IOException {
    assertThat(tree(SampleResults.sweep()).at("/jobs/2").toString())
        .contains("\"final_loss\":null,\"losses\":[2.5,null],\"metrics\":{}")
        .contains("\"tokens_per_second\":null,\"adapter\":null")
        .contains("\"state\":\"diverged\"");
  }

  @Test
  void whatIsNotKnownYet_isNull() throws IOException {
    SweepResults results =
        new SweepResults(
            "s",
            "i",
            "b",
            null,
            List.of(
                JobResult.unfinished(
                    0, SampleResults.parameters("lora", "mlp", 4), JobState.PENDING, 0)));
    assertThat(tree(results).at("/baseline").toString()).isEqualTo("{\"metrics\":{}}");
    assertThat(tree(results).at("/jobs/0").toString())
        .endsWith(
            "\"state\":\"pending\",\"attempts\":0,\"trainable_parameters\":null,"
                + "\"final_loss\":null,\"losses\":[],\"metrics\":{},\"seconds\":null,"
                + "\"tokens_per_second\":null,\"adapter\":null}");
  }

  @Test
  void failedJob_saysWhy() throws IOException {
    assertThat(tree(SampleResults.sweep()).at("/jobs/3/failure").asText())
        .isEqualTo("no memory:\nuse a smaller micro-batch");
  }

  @Test
  void writtenFile_readsBack() throws IOException {
    Path file = directory.resolve("new/results.json");
    ResultsJson.write(file, SampleResults.sweep());
    assertThat(ResultsJson.render(ResultsJson.read(file)))
        .isEqualTo(ResultsJson.render(SampleResults.sweep()));
    assertThat(ResultsJson.read(file).jobs().get(2).losses().get(1)).isNaN();
    assertThat(ResultsJson.read(file).jobs().get(0).metrics())
        .isEqualTo(Map.of("test.accuracy", 0.455));
  }

  @Test
  void rewriting_replacesTheFileAndLeavesNothingBeside() throws IOException {
    SweepResults results = SampleResults.sweep();
    Path file = Files.writeString(directory.resolve("results.json"), "old, and no JSON");
    ResultsJson.write(file, results);
    assertThat(ResultsJson.read(file).id()).isEqualTo("0123abcd");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void fileOfALaterVersion_isRead() throws IOException {
    Path file = directory.resolve("results.json");
    String later = ResultsJson.render(SampleResults.sweep()).replaceFirst("\\{", "{\"later\": 1,");
    assertThat(ResultsJson.read(Files.writeString(file, later)).jobs()).hasSize(4);
  }

  @Test
  void brokenFile_isNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("results.json"), "{\"sweep\":");
    assertThatThrownBy(() -> ResultsJson.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": not a results file: ");
  }
}
