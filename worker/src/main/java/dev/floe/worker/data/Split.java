package dev.floe.worker.data;

import dev.floe.protocol.job.HeldOut;
import dev.floe.worker.InvalidJobException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The rows to train on and the rows to validate on, both in the order in which they were given.
 *
 * @param validation none when nothing is held out
 */
public record Split(List<TrainingRow> training, List<TrainingRow> validation) {
  public Split {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
  }

  /**
   * Holds out rows that the seed draws: the same seed and rows give the same split.
   *
   * @throws InvalidJobException no row would be left to train on
   */
  public static Split of(List<TrainingRow> rows, HeldOut heldOut, long seed) {
    int count =
        heldOut.rows() > 0 ? heldOut.rows() : (int) Math.ceil(heldOut.fraction() * rows.size());
    if (count >= rows.size()) {
      throw new InvalidJobException(
          "data.validation holds out %d of %d rows, which leaves none to train on; lower it"
              .formatted(count, rows.size()));
    }
    List<Integer> drawn = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
    Collections.shuffle(drawn, new Random(seed));
    boolean[] held = new boolean[rows.size()];
    drawn.subList(0, count).forEach(row -> held[row] = true);
    return new Split(pick(rows, held, false), pick(rows, held, true));
  }

  private static List<TrainingRow> pick(List<TrainingRow> rows, boolean[] held, boolean wanted) {
    return IntStream.range(0, rows.size())
        .filter(row -> held[row] == wanted)
        .mapToObj(rows::get)
        .toList();
  }
}
