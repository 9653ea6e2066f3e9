package dev.floe.cli.rationales;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.BadInputException;
import dev.floe.cli.OptionChecks;
import dev.floe.cli.OutputFile;
import dev.floe.cli.progress.CountedProgress;
import dev.floe.protocol.job.Task;
import dev.floe.worker.data.RowFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code floe data rationales}: questions with known answers and a teacher's outputs become
 * training rows, as in the paper (arXiv 2304.01933, section 3: only samples whose answer is right
 * are kept).
 */
@Command(
    name = "rationales",
    description = {
      "Makes training rows from a teacher's step by step answers, keeping those that come to the"
          + " right answer.",
      "The log has lines {id, output} or {question, output}; an id is the question's row, from 1."
          + " With --endpoint the teacher is asked what the log has no output for, and what it says"
          + " is added to the log: the same command goes on where it was stopped."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class RationalesCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN = 5;

  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "QUESTIONS",
      description = "Rows {instruction, input, answer}, or GSM8K's {question, answer}.")
  private Path questions;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      required = true,
      description = "The teacher's outputs, as JSON lines.")
  private Path log;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where the training rows go: JSON lines if it ends in .jsonl, else an array.")
  private Path out;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description = "Whose rule reads the answers; default by the questions' file name.")
  private Task task;

  @Option(
      names = "--answer-pattern",
      paramLabel = "REGEX",
      description =
          "Where an output says its answer, such as 'answer is \\(?([A-E])'; the last match is"
              + " read. Default the whole output.")
  private String answerPattern;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "The first N questions alone; default all.")
  private int limit;

  @Mixin private TeacherOptions teacher;

  @Option(names = "--json", description = "Print the counts as JSON.")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    OptionChecks.atLeast(command, "--limit", limit, 0);
    OutputFile output = OutputFile.of(out);
    Judge judge = new Judge(pattern());
    List<Question> asked = Question.of(RowFile.read(questions).first(limit), task);
    if (teacher.given()) {
      ask(asked);
    } else if (!Files.isRegularFile(log)) {
      throw new BadInputException(
          log + ": there is no such file; name the teacher's log, or ask one with --endpoint");
    }
    TeacherLog said = TeacherLog.read(log);
    tellBroken(said);
    Selection selection = Selection.of(asked, said, judge);
    if (selection.kept().isEmpty()) {
      print(asked.size(), said, selection);
      throw new BadInputException(
          "%s: gives none of the %d questions a right output, so %s is not written"
              .formatted(log, asked.size(), out));
    }
    output.write(rows(selection.kept()));
    print(asked.size(), said, selection);
    return 0;
  }

  private Pattern pattern() throws BadInputException {
    try {
      return answerPattern == null ? null : Pattern.compile(answerPattern);
    } catch (PatternSyntaxException e) {
      throw new BadInputException(
          "--answer-pattern " + answerPattern + ": " + e.getDescription(), e);
    }
  }

  private void ask(List<Question> asked)
      throws BadInputException, IOException, InterruptedException {
    Interview interview = teacher.interview(command);
    OutputFile.of(log);
    List<Question> open =
        Files.exists(log) ? Selection.unanswered(asked, TeacherLog.read(log)) : asked;
    if (open.size() < asked.size()) {
      tell("%d of %d questions are in the log".formatted(asked.size() - open.size(), asked.size()));
    }
    if (open.isEmpty()) {
      return;
    }
    CountedProgress progress =
        new CountedProgress(
            command.commandLine().getErr(), "questions", open.size(), InstantSource.system());
    List<Interview.Refusal> refusals;
    try (TeacherLog.Appender lines = TeacherLog.append(log, teacher.model())) {
      refusals = interview.run(open, lines, done -> progress(progress, done));
    } catch (TeacherException e) {
      throw new BadInputException(
          e.getMessage() + "; what was said before is in " + log + ", the same command goes on", e);
    }
    for (Interview.Refusal refusal : refusals.subList(0, Math.min(SHOWN, refusals.size()))) {
      tell("question %d: %s".formatted(refusal.question().id(), refusal.reason()));
    }
    if (refusals.size() > SHOWN) {
      tell("… and %d more questions without a reply".formatted(refusals.size() - SHOWN));
    }
  }

  private void progress(CountedProgress progress, int done) {
    if (!quiet) {
      progress.done(done);
    }
  }

  private void tellBroken(TeacherLog said) {
    List<String> broken = said.broken();
    broken.subList(0, Math.min(SHOWN, broken.size())).forEach(line -> tell(line + "; left out"));
    if (broken.size() > SHOWN) {
      tell("… and %d more broken lines".formatted(broken.size() - SHOWN));
    }
  }

  private void tell(String line) {
    PrintWriter err = command.commandLine().getErr();
    err.println("floe: " + line);
    err.flush();
  }

  private String rows(List<Selection.Rationale> kept) throws JsonProcessingException {
    ArrayNode rows = JSON.createArrayNode();
    for (Selection.Rationale rationale : kept) {
      rows.addObject()
          .put("instruction", rationale.question().row().instruction())
          .put("input", rationale.question().row().input())
          .put("output", rationale.output())
          .put("answer", rationale.question().row().answer());
    }
    if (!out.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(rows) + "\n";
    }
    StringBuilder lines = new StringBuilder();
    rows.forEach(row -> lines.append(row).append('\n'));
    return lines.toString();
  }

  private void print(int all, TeacherLog said, Selection selection) {
    PrintWriter to = command.commandLine().getOut();
    if (json) {
      to.println(counts(all, said, selection));
    } else {
      int kept = selection.kept().size();
      to.printf(Locale.ROOT, "kept %d of %d questions (%.1f %%)%n", kept, all, 100.0 * kept / all);
      for (Map.Entry<Outcome, Integer> count : selection.counts().entrySet()) {
        if (count.getKey() != Outcome.KEPT) {
          to.printf("dropped %d: %s%n", count.getValue(), count.getKey().meaning());
        }
      }
      if (selection.strangers() > 0) {
        to.printf(
            "left out %d lines of the log that are about none of them%n", selection.strangers());
      }
    }
    to.flush();
  }

  private ObjectNode counts(int all, TeacherLog said, Selection selection) {
    ObjectNode counts = JSON.createObjectNode();
    counts.put("questions", all);
    counts.put("kept", selection.kept().size());
    ObjectNode dropped = counts.putObject("dropped");
    selection.counts().entrySet().stream()
        .filter(count -> count.getKey() != Outcome.KEPT)
        .forEach(count -> dropped.put(count.getKey().key(), count.getValue()));
    counts.put("broken_lines", said.broken().size());
    counts.put("lines_of_other_questions", selection.strangers());
    return counts;
  }
}
