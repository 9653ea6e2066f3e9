package dev.floe.cli.rationales;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.cli.Floe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RationalesCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String QUESTIONS =
      """
      [{"instruction": "2 and 3?", "input": "", "answer": "5"},
       {"instruction": "10 less 4?", "answer": "6.0"},
       {"instruction": "a thousand and one?", "answer": 1001},
       {"instruction": "none of it?", "answer": "0"}]
      """;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path questions;
  private Path log;
  private Path rows;

  @BeforeEach
  void writeQuestions() throws IOException {
    questions = directory.resolve("svamp.json");
    log = directory.resolve("teacher.jsonl");
    rows = directory.resolve("rows.json");
    Files.writeString(questions, QUESTIONS);
  }

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("data", "rationales", questions.toString(), "--log", log.toString(), "--out"));
    arguments.add(rows.toString());
    arguments.addAll(List.of(more));
    return Floe.execute(
        new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
  }

  private int ask(ChatServer server, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--endpoint", server.base(), "--model", "teacher", "--quiet"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  /** Right to all but the last question, which it is cut off at. */
  private static String teach(String prompt) {
    if (prompt.contains("2 and 3?")) {
      return "2 + 3 = 5. The answer is 5.";
    }
    if (prompt.contains("10 less 4?")) {
      return "10 - 4 = 6. The answer is 6.";
    }
    return prompt.contains("thousand") ? "1000 + 1, so 1,001" : "Let us see. 0…";
  }

  @Test
  void log_becomesRowsWhereTheAnswerIsRight() throws IOException {
    Files.writeString(
        log,
        """
        {"id": 1, "output": "2 + 3 = 6. The answer is 6."}
        {"id": 1, "output": " 2 + 3 = 5. The answer is 5. "}
        {"question": "10 less 4?", "output": "10 - 4 = 7"}
        {"id": 3, "output": "I cannot tell."}
        """);
    assertThat(run()).as(err.toString()).isZero();
    JsonNode made = JSON.readTree(rows.toFile());
    assertThat(made).hasSize(1);
    assertThat(made.get(0).get("instruction").asText()).isEqualTo("2 and 3?");
    assertThat(made.get(0).get("output").asText()).isEqualTo("2 + 3 = 5. The answer is 5.");
    assertThat(made.get(0).get("answer").asText()).isEqualTo("5");
    assertThat(out.toString())
        .contains("kept 1 of 4 questions (25.0 %)")
        .contains("dropped 1: the teacher's log has no output for it")
        .contains("dropped 1: no answer can be read from the output")
        .contains("dropped 1: the output comes to another answer");
  }

  @Test
  void brokenLines_areNamedAndLeftOut() throws IOException {
    Files.writeString(
        log,
        """
        {"id": 1, "output": "5"}
        {"id": 2, "outp
        {"id": 2, "output": 6}
        {"output": "6"}
        ["6"]
        {"id": 77, "output": "6"}
        {"id": 2, "question": "of another file?", "output": "6"}
        """);
    assertThat(run("--json")).isZero();
    assertThat(err.toString().lines())
        .hasSize(4)
        .allMatch(line -> line.endsWith("; left out"))
        .anyMatch(line -> line.contains("line 2 is no JSON"))
        .anyMatch(line -> line.contains("line 3 has no \"output\" that is a string"))
        .anyMatch(line -> line.contains("line 4 names no row"))
        .anyMatch(line -> line.contains("line 5 has no \"output\""));
    JsonNode counts = JSON.readTree(out.toString());
    assertThat(counts.get("kept").intValue()).isEqualTo(1);
    assertThat(counts.at("/dropped/not-answered").intValue()).isEqualTo(3);
    assertThat(counts.get("broken_lines").intValue()).isEqualTo(4);
    assertThat(counts.get("lines_of_other_questions").intValue()).isEqualTo(2);
  }

  @Test
  void endpoint_isAskedAndTheLogKept() throws IOException {
    try (ChatServer server = new ChatServer(RationalesCommandTest::teach)) {
      assertThat(ask(server, "--temperature", "0.5")).as(err.toString()).isZero();
      assertThat(JSON.readTree(rows.toFile())).hasSize(3);
      assertThat(out.toString()).contains("kept 3 of 4").contains("teacher's limit of tokens");
      assertThat(server.requests()).hasSize(4);
      assertThat(server.requests())
          .allMatch(request -> request.get("model").asText().equals("teacher"))
          .allMatch(request -> request.get("temperature").doubleValue() == 0.5)
          .allMatch(
              request ->
                  request.at("/messages/0/content").asText().endsWith("think step by step."));
    }
  }

  @Test
  void secondRun_asksOnlyWhatTheLogLacks() throws IOException {
    // the last line is torn, as by a crash while it was written
    Files.writeString(
        log, "{\"id\": 1, \"output\": \"5\"}\n{\"id\": 4, \"output\": \"0\"}\n{\"id\": 2, \"ou");
    try (ChatServer server = new ChatServer(RationalesCommandTest::teach)) {
      assertThat(ask(server)).as(err.toString()).isZero();
      assertThat(server.requests()).hasSize(2);
      assertThat(JSON.readTree(rows.toFile())).hasSize(4);
      assertThat(err.toString()).contains("2 of 4 questions are in the log");
      assertThat(ask(server)).isZero();
      assertThat(server.requests()).as("all are there now").hasSize(2);
    }
  }

  @Test
  void busyEndpoint_isAskedAgain() throws IOException {
    try (ChatServer server =
        new ChatServer(RationalesCommandTest::teach)
            .then(429, "{\"error\": {\"message\": \"slow down\"}}")
            .then(503, "")
            .then(200, "<html>a proxy's page</html>".replace("<html>", ""))) {
      assertThat(ask(server, "--concurrency", "1", "--limit", "2")).as(err.toString()).isZero();
      assertThat(server.requests()).hasSize(5);
      assertThat(JSON.readTree(rows.toFile())).hasSize(2);
    }
  }

  @Test
  void refusedQuestion_isToldAndTheOthersGoOn() throws IOException {
    try (ChatServer server =
        new ChatServer(RationalesCommandTest::teach)
            .then(400, "{\"error\": {\"message\": \"context length exceeded\"}}")) {
      assertThat(ask(server, "--concurrency", "1")).isZero();
      assertThat(err.toString())
          .contains("question 1: ")
          .contains("HTTP 400: context length exceeded");
      assertThat(out.toString()).contains("kept 2 of 4");
    }
  }

  @Test
  void wrongKey_stopsAtOnceInOneLine() throws IOException {
    try (ChatServer server =
        new ChatServer(RationalesCommandTest::teach)
            .then(401, "{\"error\": {\"message\": \"Incorrect API key\"}}")) {
      assertThat(ask(server, "--concurrency", "1")).isEqualTo(2);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString()).contains("HTTP 401: Incorrect API key").contains("goes on");
      assertThat(rows).doesNotExist();
    }
  }

  @Test
  void nothingRight_writesNoRows() throws IOException {
    Files.writeString(log, "{\"id\": 1, \"output\": \"4\"}\n");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("gives none of the 4 questions a right output");
    assertThat(rows).doesNotExist();
  }

  @Test
  void missingLogWithoutEndpoint_isToldInOneLine() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("there is no such file").contains("--endpoint");
  }

  @Test
  void answerPattern_saysWhereTheAnswerStands() throws IOException {
    questions = directory.resolve("AQuA.json");
    Files.writeString(questions, "[{\"instruction\": \"which?\", \"answer\": \"B\"}]");
    Files.writeString(log, "{\"id\": 1, \"output\": \"As we see, the answer is (B).\"}\n");
    assertThat(run()).as("the first capital is the A of As").isEqualTo(2);
    assertThat(run("--answer-pattern", "answer is \\(?([A-E])")).isZero();
    assertThat(JSON.readTree(rows.toFile())).hasSize(1);
  }
}
