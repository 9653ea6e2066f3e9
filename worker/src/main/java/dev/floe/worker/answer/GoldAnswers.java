package dev.floe.worker.answer;

import dev.floe.protocol.job.Task;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.data.RowFile;
import dev.floe.worker.files.OneLine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The right answers of an evaluation set. */
public final class GoldAnswers {
  private GoldAnswers() {}

  /**
   * The answer of each row, in order; nulls when no row at all has one, for such a set is generated
   * and timed alone.
   *
   * @param named the task that the file is of; null to go by its name, and where that says nothing
   *     by the answers: a number where they are one, else a label
   * @throws InvalidJobException a row has none though others have, or not one of the task's
   */
  public static List<Answer> of(RowFile file, Task named) {
    Task task = named != null ? named : TaskFiles.task(file.path()).orElse(null);
    if (file.rows().stream().allMatch(row -> row.answer() == null)) {
      return Collections.nCopies(file.rows().size(), null);
    }
    List<Answer> answers = new ArrayList<>(file.rows().size());
    for (int i = 0; i < file.rows().size(); i++) {
      String answer = file.rows().get(i).answer();
      if (answer == null) {
        throw new InvalidJobException(
            "%s: row %d has no \"answer\", which evaluation compares with"
                .formatted(file.path(), i + 1));
      }
      answers.add(task == null ? Answer.of(answer) : answer(file, i, task, answer));
    }
    return answers;
  }

  private static Answer answer(RowFile file, int index, Task task, String text) {
    try {
      return AnswerRule.of(task).answer(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(
          "%s: row %d has the answer %s, but those of %s are %s"
              .formatted(
                  file.path(),
                  index + 1,
                  OneLine.quote(text),
                  task.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                  e.getMessage()),
          e);
    }
  }
}
