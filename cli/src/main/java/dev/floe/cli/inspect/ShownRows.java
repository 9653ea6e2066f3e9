package dev.floe.cli.inspect;

import dev.floe.worker.data.Row;
import dev.floe.worker.data.TextTokenizer;
import dev.floe.worker.data.TrainingRow;

/** How {@code floe data show} shows rows. */
interface ShownRows {

  /** A row as the file has it. */
  void row(Row row);

  /**
   * A row as the backbone sees it.
   *
   * @param tokenizer null when the backbone has none
   */
  void tokens(TrainingRow row, TextTokenizer tokenizer);

  /**
   * What there is to say behind the last row.
   *
   * @param shown rows that were looked at
   * @param leftOut of these, rows in which nothing carries loss within the cutoff
   * @param all rows of the file
   */
  void end(int shown, int leftOut, int all);
}
