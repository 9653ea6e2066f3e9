package dev.floe.test.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.cli.Floe;
import dev.floe.cli.inspect.AdaptersCommand;
import dev.floe.cli.inspect.DataCommand;
import dev.floe.cli.inspect.DoctorCommand;
import dev.floe.protocol.catalog.AdapterKind;
import dev.floe.protocol.catalog.Formula;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The commands that only look. */
class InspectCommandsTest {
  private static final Path QUICKSTART = Path.of("../sweeps/library/backbones/quickstart");

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int floe(Object... arguments) {
    CommandLine floe =
        Floe.commandLine(List.of(new DoctorCommand(), new AdaptersCommand(), new DataCommand()));
    floe.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return floe.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void doctor_saysWhatTheMachineHas() {
    assertThat(floe("doctor")).isZero();
    assertThat(out.toString()).contains("java ", "processors ", "heap ", "GOMP_SPINCOUNT");
    assertThat(out.toString()).containsPattern("libtorch +\\d+\\.\\d+");
  }

  @Test
  void doctorOfABackbone_saysWhatItIs() {
    assertThat(floe("doctor", "--backbone", new GoldenFixture("bloom").model())).isZero();
    assertThat(out.toString())
        .containsPattern("architecture +bloom")
        .containsPattern("stored as +\\[F32\\]")
        .containsPattern("tokenizer +none: rows must be token ids")
        .containsPattern("query_key_value +attention");
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void doctorAsJson_hasNumbersThatProgramsRead() throws IOException {
    assertThat(floe("doctor", "--json")).isZero();
    assertThat(json().get("processors").asInt()).isPositive();
    assertThat(json().get("heap_bytes").asLong()).isPositive();
    assertThat(json().get("libtorch").asText()).isNotEmpty();
    assertThat(json().get("environment").has("GOMP_SPINCOUNT")).isTrue();
  }

  @Test
  void doctorOfABackboneAsJson_saysWhatItIs() throws IOException {
    assertThat(floe("doctor", "--json", "--backbone", new GoldenFixture("bloom").model())).isZero();
    assertThat(json().get("architecture").asText()).isEqualTo("bloom");
    assertThat(json().get("stored_as").get(0).asText()).isEqualTo("F32");
    assertThat(json().get("tokenizer").isNull()).isTrue();
    assertThat(json().get("modules").get(0).get("name").asText()).isEqualTo("query_key_value");
    assertThat(json().get("modules").get(0).get("role").asText()).isEqualTo("attention");
  }

  @Test
  void adaptersAsJson_haveOneEntryForEachType() throws IOException {
    assertThat(floe("adapters", "--json")).isZero();
    assertThat(json().get("adapters").findValuesAsText("type")).contains("lora", "full");
    assertThat(json().get("adapters").get(0).get("trained").get(0).get("count").asText())
        .isEqualTo("r (in + out) per module");
  }

  @Test
  void dataShowAsJson_hasPromptAndOutputOrTokensAndLabels() throws IOException {
    Path rows =
        Files.writeString(
            directory.resolve("rows.jsonl"),
            "{\"instruction\": \"1 + 1\", \"output\": \"2\", \"answer\": 2}\n".repeat(2));
    assertThat(floe("data", "show", rows, "--json", "--prompt=none", "--rows=1")).isZero();
    assertThat(json().get("rows")).hasSize(1);
    assertThat(json().get("rows").get(0).get("prompt").asText()).isEqualTo("1 + 1");
    assertThat(json().get("rows").get(0).get("output").asText()).isEqualTo("2");
    assertThat(json().get("rows_in_file").asInt()).isEqualTo(2);

    out.getBuffer().setLength(0);
    assertThat(floe("data", "show", rows, "--json", "--backbone", QUICKSTART)).isZero();
    JsonNode row = json().get("rows").get(0);
    assertThat(row.get("token_ids")).hasSize(row.get("tokens").asInt());
    assertThat(row.get("labels")).hasSameSizeAs(row.get("token_ids"));
    assertThat(row.get("text").asText()).contains("1 + 1");
  }

  @Test
  void doctorOfAnUnknownArchitecture_saysWhyInOneLine() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"mamba\"}");
    assertThat(floe("doctor", "--backbone", directory)).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains("mamba");
  }

  @Test
  void adapters_listsEveryTypeWithItsFormula() {
    assertThat(floe("adapters")).isZero();
    assertThat(out.toString())
        .contains("lora:", "series:", "parallel:", "prefix:", "full:")
        .contains("  trained with beside: mlp-block: 2 r d per module\n")
        .contains("  trained with bias: all: r (in + out) per module, and biases\n");
  }

  @ParameterizedTest
  @EnumSource(AdapterKind.class)
  void settings_areThoseOfTheSweepFile(AdapterKind kind) {
    AdapterType type = AdapterType.valueOf(kind.name());
    List<String> keys =
        Arrays.stream(Axis.values())
            .filter(axis -> axis.key().startsWith("adapter.") && axis.appliesTo(type))
            .map(axis -> axis.key().substring("adapter.".length()))
            .toList();
    assertThat(kind.settings().split(", "))
        .extracting(setting -> setting.replaceAll(" \\(.*", ""))
        .containsExactlyInAnyOrderElementsOf(keys);
    assertThat(AdapterKind.values()).hasSameSizeAs(AdapterType.values());
  }

  @ParameterizedTest
  @EnumSource(AdapterKind.class)
  void docs_holdTheFormulasOfEveryOption(AdapterKind kind) throws IOException {
    List<String> rows = rowsOfDocs(kind);
    for (AdapterKind.Trained trained : kind.trained()) {
      String formula =
          Stream.concat(trained.each().stream(), trained.once().stream())
              .map(Formula::text)
              .collect(Collectors.joining(", and "));
      assertThat(rows)
          .as("a row of docs/adapters.md for %s %s", kind.type(), trained.option())
          .anyMatch(row -> row.contains(trained.option()) && row.contains(formula + " |"));
    }
  }

  /** The row of a type and those of its options, which have no type of their own. */
  private static List<String> rowsOfDocs(AdapterKind kind) throws IOException {
    List<String> table = Files.readAllLines(Path.of("../docs/adapters.md"));
    int first =
        IntStream.range(0, table.size())
            .filter(i -> table.get(i).startsWith("| `" + kind.type() + "` |"))
            .findFirst()
            .orElseThrow();
    int end = first + 1;
    while (table.get(end).startsWith("| |")) {
      end++;
    }
    return table.subList(first, end);
  }

  @Test
  void dataShow_marksWhatCarriesLoss() throws IOException {
    Path rows = rows();
    assertThat(floe("data", "show", rows, "--prompt", "Q: {instruction} A: ")).isZero();
    assertThat(out.toString()).isEqualTo("Q: one plus one A: ⟦two⟧\nanswer: 2\n\n1 of 1 rows\n");
  }

  @Test
  void dataShowWithABackbone_countsItsTokens() throws IOException {
    Path rows = rows();
    assertThat(
            floe("data", "show", rows, "--prompt=Q: {instruction} A: ", "--backbone", QUICKSTART))
        .isZero();
    assertThat(out.toString())
        .containsPattern("^\\d+ tokens, \\d+ carry loss\n")
        .containsPattern("⟦.+</s>⟧\n")
        .containsPattern("token_ids( \\d+)+\n");
  }

  private Path rows() throws IOException {
    return Files.writeString(
        directory.resolve("rows.jsonl"),
        "{\"instruction\": \"one plus one\", \"output\": \"two\", \"answer\": \"2\"}\n");
  }
}
