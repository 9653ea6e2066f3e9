package dev.floe.test.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.worker.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep from its start to its end, and the same one with a {@code kill -9} in its middle. */
class WholeRunTest {
  private static final int JOBS = 9;

  @TempDir static Path directory;

  private static Path sweep;
  private static RunOutput whole;
  private static String table;
  private static String messages;

  @BeforeAll
  static void runUndisturbed() throws IOException, InterruptedException {
    sweep = TinySweep.write(directory, TinySweep.NINE_JOBS);
    whole = new RunOutput(directory.resolve("whole"));
    try (FloeProcess floe = run(whole)) {
      int exit = floe.awaitExit();
      table = floe.output();
      messages = floe.errors();
      assertThat(exit).as(messages).isZero();
    }
  }

  private static FloeProcess run(RunOutput output) throws IOException {
    return FloeProcess.start("run", sweep, "--out", output.directory(), "--threads", 1);
  }

  @Test
  void results_holdEveryJobOnceInTheOrderOfTheExpansion() throws IOException {
    JsonNode results = whole.results();
    assertThat(results.fieldNames())
        .toIterable()
        .containsExactly("sweep", "id", "backbone", "baseline", "jobs");
    assertThat(results.at("/sweep").asText()).isEqualTo("nine");
    assertThat(results.at("/backbone").asText()).isEqualTo(directory.resolve("model").toString());
    assertThat(results.at("/baseline/metrics/test.accuracy").isNumber()).isTrue();
    assertThat(whole.jobs())
        .extracting(job -> job.get("job").asInt())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(whole.jobs())
        .extracting(job -> job.at("/parameters/adapter.type").asText())
        .containsExactly(
            "lora",
            "lora",
            "lora",
            "series",
            "series",
            "series",
            "parallel",
            "parallel",
            "parallel");
    assertThat(whole.jobs())
        .extracting(job -> job.at("/parameters/adapter.rank").asInt())
        .containsExactly(2, 4, 8, 2, 4, 8, 2, 4, 8);
  }

  @Test
  void results_sayOfEachJobAllThatIsDocumented() throws IOException {
    assertThat(whole.jobs())
        .hasSize(JOBS)
        .allSatisfy(
            job -> {
              assertThat(job.fieldNames())
                  .toIterable()
                  .containsExactly(
                      "job",
                      "parameters",
                      "state",
                      "attempts",
                      "trainable_parameters",
                      "final_loss",
                      "losses",
                      "metrics",
                      "seconds",
                      "tokens_per_second",
                      "adapter",
                      "figures");
              assertThat(job.get("parameters").fieldNames())
                  .toIterable()
                  .containsExactly("adapter.type", "adapter.placement", "adapter.rank", "seed");
              assertThat(job.get("state").asText()).isEqualTo("done");
              assertThat(job.get("attempts").asInt()).isEqualTo(1);
              assertThat(job.get("losses")).hasSize(150);
              double first = job.at("/losses/0").asDouble();
              assertThat(job.get("final_loss").asDouble())
                  .isEqualTo(job.at("/losses/149").asDouble())
                  .isLessThan(first);
              assertThat(job.at("/metrics/test.accuracy").asDouble()).isBetween(0.0, 1.0);
              assertThat(job.get("seconds").asDouble()).isPositive();
              assertThat(job.get("tokens_per_second").asDouble()).isPositive();
            });
  }

  @Test
  void terminal_showsProgressAndTheTable() {
    assertThat(messages)
        .contains("9 jobs into " + whole.directory(), "job 8 (parallel, ", "9/9 jobs");
    assertThat(table.lines()).hasSizeGreaterThan(JOBS).anyMatch(l -> l.startsWith("frozen"));
  }

  @Test
  void tables_haveALineForEachJob() throws IOException {
    assertThat(Files.readAllLines(whole.directory().resolve("results.csv"))).hasSize(1 + JOBS);
    assertThat(Files.readString(whole.directory().resolve("report.md"))).contains("| parallel");
  }

  @Test
  void adapters_areInTheLayoutOfPeft() throws IOException {
    String module = "base_model.model.model.layers.1.self_attn.o_proj.";
    assertThat(shapes(1))
        .containsEntry(module + "lora_A.weight", List.of(4L, 32L))
        .containsEntry(module + "lora_B.weight", List.of(32L, 4L))
        .hasSize(2 * 2 * 4);
    assertThat(shapes(4))
        .containsEntry(module + "adapter_down.weight", List.of(4L, 32L))
        .containsEntry(module + "adapter_up.weight", List.of(32L, 4L))
        .hasSize(2 * 2);
    JsonNode lora = config(1);
    assertThat(lora.get("peft_type").asText()).isEqualTo("LORA");
    assertThat(lora.get("r").asInt()).isEqualTo(4);
    assertThat(lora.get("lora_alpha").asInt()).isEqualTo(8);
    assertThat(lora.get("task_type").asText()).isEqualTo("CAUSAL_LM");
    assertThat(config(4).get("insertion").asText()).isEqualTo("output");
    assertThat(config(4).get("use_parallel_adapter").asBoolean()).isFalse();
    assertThat(config(7).get("use_parallel_adapter").asBoolean()).isTrue();
    assertThat(config(7).get("bottleneck_size").asInt()).isEqualTo(4);
  }

  private static Map<String, List<Long>> shapes(int job) throws IOException {
    Map<String, List<Long>> shapes = new TreeMap<>();
    Path weights = whole.adapter(job).resolve("adapter_model.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      for (String name : file.names()) {
        shapes.put(name, Arrays.stream(file.entry(name).shape()).boxed().toList());
      }
    }
    return shapes;
  }

  private static JsonNode config(int job) throws IOException {
    return new ObjectMapper().readTree(whole.adapter(job).resolve("adapter_config.json").toFile());
  }

  @Test
  void killedInTheMiddle_finishesOnlyWhatIsMissing() throws IOException, InterruptedException {
    RunOutput output = new RunOutput(directory.resolve("killed"));
    try (FloeProcess floe = run(output)) {
      LiveSweep.of(floe).awaitDone(2);
      floe.kill();
    }
    Map<Integer, JsonNode> before = output.done();
    Map<Integer, FileTime> written = adapterTimes(output, before);
    assertThat(before).hasSizeBetween(1, JOBS - 1);

    try (FloeProcess floe = run(output)) {
      assertThat(floe.awaitExit()).as(floe.errors()).isZero();
      assertThat(floe.errors())
          .containsPattern("resuming " + output.directory() + ": [2-8] of 9 jobs had ended")
          .doesNotContain("job 0 ");
    }
    assertThat(output.curves()).isEqualTo(whole.curves());
    assertThat(output.jobs())
        .extracting(job -> job.get("parameters"))
        .containsExactlyElementsOf(
            whole.jobs().stream().map(job -> job.get("parameters")).toList());
    assertThat(output.done()).hasSize(JOBS).containsAllEntriesOf(before);
    assertThat(adapterTimes(output, before)).isEqualTo(written);
    for (int job = 0; job < JOBS; job++) {
      assertThat(output.weights(job)).as("adapter of job " + job).isEqualTo(whole.weights(job));
    }
  }

  private static Map<Integer, FileTime> adapterTimes(RunOutput output, Map<Integer, JsonNode> jobs)
      throws IOException {
    Map<Integer, FileTime> times = new TreeMap<>();
    for (int job : jobs.keySet()) {
      Path weights = output.adapter(job).resolve("adapter_model.safetensors");
      times.put(job, Files.getLastModifiedTime(weights));
    }
    return times;
  }
}
