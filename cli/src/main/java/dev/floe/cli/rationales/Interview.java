package dev.floe.cli.rationales;

import dev.floe.cli.rationales.TeacherException.Reach;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/** Asks a teacher many questions, several at a time, and writes down what it says. */
final class Interview {
  /** A teacher that fails this many questions in a row has stopped answering. */
  private static final int FAILURES_IN_A_ROW = 5;

  private final Teacher teacher;
  private final String prompt;
  private final int atATime;

  /**
   * Prepares an interview.
   *
   * @param prompt what is asked, with {@code {question}} in it
   */
  Interview(Teacher teacher, String prompt, int atATime) {
    this.teacher = teacher;
    this.prompt = prompt;
    this.atATime = atATime;
  }

  /** Why one question has no reply. */
  record Refusal(Question question, String reason) {}

  /**
   * Asks, and adds each reply to the log as it comes.
   *
   * @param progress is told how many questions are through
   * @return the questions that got no reply
   * @throws TeacherException the teacher answers nothing any more; what it said before is in the
   *     log
   */
  List<Refusal> run(List<Question> questions, TeacherLog.Appender log, IntConsumer progress)
      throws TeacherException, IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(atATime);
    try {
      ExecutorCompletionService<Refusal> replies = new ExecutorCompletionService<>(threads);
      for (Question question : questions) {
        var unused = replies.submit(() -> ask(question, log));
      }
      return collect(replies, questions.size(), progress);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Refusal> collect(
      ExecutorCompletionService<Refusal> replies, int count, IntConsumer progress)
      throws TeacherException, IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    int inARow = 0;
    for (int done = 1; done <= count; done++) {
      Refusal refusal = get(replies);
      inARow = refusal == null ? 0 : inARow + 1;
      if (refusal != null) {
        refusals.add(refusal);
      }
      if (inARow == FAILURES_IN_A_ROW) {
        throw new TeacherException(
            Reach.ALL,
            "%s; %d questions in a row have no reply".formatted(refusal.reason(), inARow));
      }
      progress.accept(done);
    }
    return refusals;
  }

  private static Refusal get(ExecutorCompletionService<Refusal> replies)
      throws TeacherException, IOException, InterruptedException {
    try {
      return replies.take().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TeacherException refused) {
        throw refused;
      }
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Refusal ask(Question question, TeacherLog.Appender log)
      throws TeacherException, IOException, InterruptedException {
    try {
      Teacher.Reply reply = teacher.ask(prompt.replace("{question}", question.text()));
      log.add(new TeacherLine(question.id(), question.text(), reply.text(), reply.cutOff()));
      return null;
    } catch (TeacherException e) {
      if (e.reach() == Reach.ALL) {
        throw e;
      }
      return new Refusal(question, e.getMessage());
    }
  }
}
