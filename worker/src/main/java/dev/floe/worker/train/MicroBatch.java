package dev.floe.worker.train;

import dev.floe.worker.data.TrainingRow;
import java.util.List;

/**
 * Rows of one job that go through the backbone in one pass.
 *
 * @param labelled labelled tokens of the whole batch, which its mean loss is over
 * @param seed source of the pass's random choices: with it they do not depend on what else runs
 */
public record MicroBatch(List<TrainingRow> rows, int labelled, long seed) {
  public MicroBatch {
    rows = List.copyOf(rows);
  }

  /** Real tokens of the rows. */
  public int tokens() {
    return rows.stream().mapToInt(row -> row.tokens().length).sum();
  }
}
