package dev.floe.worker.evaluate;

import dev.floe.worker.InvalidJobException;
import dev.floe.worker.data.RowFile;
import java.util.ArrayList;
import java.util.List;

/** The right answers of an evaluation set. */
public final class GoldAnswers {
  private GoldAnswers() {}

  /**
   * The answer of each row, in order.
   *
   * @throws InvalidJobException a row has none
   */
  public static List<Answer> of(RowFile file) {
    List<Answer> answers = new ArrayList<>(file.rows().size());
    for (int i = 0; i < file.rows().size(); i++) {
      String answer = file.rows().get(i).answer();
      if (answer == null) {
        throw new InvalidJobException(
            "%s: row %d has no \"answer\", which evaluation compares with"
                .formatted(file.path(), i + 1));
      }
      answers.add(Answer.of(answer));
    }
    return answers;
  }
}
