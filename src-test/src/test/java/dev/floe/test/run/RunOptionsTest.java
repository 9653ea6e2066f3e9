package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs that call {@code floe run} rely on, and a job that diverges. */
class RunOptionsTest {
  @TempDir Path directory;

  private RunOutput output() {
    return new RunOutput(directory.resolve("out"));
  }

  private FloeProcess run(Path sweep, Object... options) throws IOException {
    Object[] all = new Object[options.length + 6];
    Object[] always = {"run", sweep, "--out", output().directory(), "--threads", 1};
    System.arraycopy(always, 0, all, 0, always.length);
    System.arraycopy(options, 0, all, always.length, options.length);
    return FloeProcess.start(all);
  }

  @Test
  void jsonAndQuiet_printTheResultsAndNothingElse() throws IOException, InterruptedException {
    Path sweep = TinySweep.write(directory, TinySweep.TWO_JOBS);
    try (FloeProcess floe = run(sweep, "--json", "--quiet")) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
      JsonNode printed = new ObjectMapper().readTree(floe.output());
      assertThat(printed).isEqualTo(output().results());
      assertThat(printed.get("jobs")).hasSize(2);
      assertThat(floe.errors()).isEmpty();
    }
    // all is done: the same again, with the progress on standard error this time
    try (FloeProcess floe = run(sweep, "--json", "--no-web")) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
      assertThat(new ObjectMapper().readTree(floe.output())).isEqualTo(output().results());
      assertThat(floe.errors())
          .contains("nothing left to do in " + output().directory())
          .doesNotContain("http://");
    }
  }

  @Test
  void aJobThatDiverges_isAResultWithItsCurve() throws IOException, InterruptedException {
    Path sweep =
        TinySweep.write(
            directory,
            TinySweep.TWO_JOBS
                .replace("rank: [2, 4]", "rank: 2")
                .replace("learning-rate: 3e-3, warmup-steps: 5", "learning-rate: [1e-3, 1e9, 2e-3]")
                .replace("steps: 6", "steps: 20"));
    try (FloeProcess floe = run(sweep)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
    }
    List<JsonNode> jobs = output().jobs();
    assertThat(jobs)
        .extracting(job -> job.get("state").asText())
        .containsExactly("done", "diverged", "done");
    assertThat(jobs.get(1).get("losses").size()).isBetween(2, 19);
    assertThat(jobs.get(1).get("adapter").isNull()).isTrue();
    assertThat(jobs.get(2).get("losses")).hasSize(20);
  }

  @Test
  void setWithoutAnswers_isGeneratedAndWhatWasCutOffIsTold()
      throws IOException, InterruptedException {
    Path sweep =
        TinySweep.write(
            directory,
            TinySweep.TWO_JOBS
                .replace("rank: [2, 4]", "rank: 2")
                .replace("[test.json]", "[test.json, prompts.jsonl]")
                .replace("cutoff: 128", "cutoff: 48")
                .replace(
                    "{decode: greedy, max-new-tokens: 4}",
                    "{decode: sample, top-k: 5, max-new-tokens: 4, ignore-eos: true}"));
    Files.writeString(
        directory.resolve("prompts.jsonl"),
        "{\"instruction\": \"" + "apples ".repeat(300) + "\"}\n{\"token_ids\": [1, 5, 6]}\n");
    try (FloeProcess floe = run(sweep)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
      assertThat(floe.errors())
          .contains(
              "floe: prompts of prompts whose beginning was left out,"
                  + " as the context has no room for it: 1; training rows that lost labelled"
                  + " tokens to data.cutoff: 40");
    }
    JsonNode metrics = output().jobs().get(0).get("metrics");
    assertThat(metrics.get("prompts.generated_tokens").asInt()).isEqualTo(2 * 4);
    assertThat(metrics.get("prompts.tokens_per_second").asDouble()).isPositive();
    assertThat(metrics.get("prompts.truncated_prompts").asInt()).isEqualTo(1);
    assertThat(metrics.has("prompts.accuracy")).isFalse();
    assertThat(metrics.get("test.accuracy").asDouble()).isBetween(0.0, 1.0);
    assertThat(metrics.get("test.generated_tokens").asInt()).isEqualTo(6 * 4);
  }
}
