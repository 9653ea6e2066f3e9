package dev.floe.cli.rationales;

import dev.floe.protocol.job.Task;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.answer.Answer;
import dev.floe.worker.answer.GoldAnswers;
import dev.floe.worker.data.Row;
import dev.floe.worker.data.RowFile;
import java.util.ArrayList;
import java.util.List;

/**
 * A question whose right answer is known.
 *
 * @param id the row's number in its file, from 1
 */
record Question(int id, Row.Instruction row, Answer answer) {

  /**
   * The questions of a file, in order.
   *
   * @param task null to go by the file's name
   * @throws InvalidJobException a row is no instruction, or has no answer
   */
  static List<Question> of(RowFile file, Task task) {
    List<Answer> answers = GoldAnswers.of(file, task);
    List<Question> questions = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      if (!(file.rows().get(i) instanceof Row.Instruction row)) {
        throw new InvalidJobException(
            "%s: row %d is no question; give \"instruction\" or \"question\""
                .formatted(file.path(), i + 1));
      }
      questions.add(new Question(i + 1, row, answers.get(i)));
    }
    return questions;
  }

  /** The instruction with its further context, as it is asked and named in a log. */
  String text() {
    return row.input().isEmpty() ? row.instruction() : row.instruction() + "\n" + row.input();
  }
}
