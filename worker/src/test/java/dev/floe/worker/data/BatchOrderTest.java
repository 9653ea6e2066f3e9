package dev.floe.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.job.TrainSpec;
import dev.floe.worker.InvalidJobException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
  @Test
  void epochsAsGiven_endInASmallBatch() {
    BatchOrder order = new BatchOrder(epochs(2, 4), 10, false, 0);
    assertThat(order.steps()).isEqualTo(6);
    assertThat(order.rows(0)).containsExactly(0, 1, 2, 3);
    assertThat(order.rows(2)).containsExactly(8, 9);
    assertThat(order.rows(3)).containsExactly(0, 1, 2, 3);
    assertThat(order.rows(5)).containsExactly(8, 9);
  }

  @Test
  void epochsThatDivideEvenly_haveFullBatches() {
    BatchOrder order = new BatchOrder(epochs(1, 5), 10, false, 0);
    assertThat(order.steps()).isEqualTo(2);
    assertThat(order.rows(1)).containsExactly(5, 6, 7, 8, 9);
  }

  @Test
  void batchLargerThanTheData_isTheWholeEpoch() {
    BatchOrder order = new BatchOrder(epochs(3, 64), 3, true, 5);
    assertThat(order.steps()).isEqualTo(3);
    assertThat(order.rows(2)).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void stepsAsGiven_wrapAround() {
    BatchOrder order = new BatchOrder(steps(9, 4), 6, false, 0);
    assertThat(order.steps()).isEqualTo(9);
    for (int step = 0; step < 9; step++) {
      int from = step * 4;
      assertThat(order.rows(step))
          .containsExactly(IntStream.range(0, 4).map(i -> (from + i) % 6).toArray());
    }
  }

  @Test
  void shuffledEpochs_holdEveryRowOnceEachInAnOrderOfItsOwn() {
    BatchOrder order = new BatchOrder(epochs(3, 16), 100, true, 1);
    List<List<Integer>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      List<Integer> rows = new ArrayList<>();
      for (int step = 0; step < 7; step++) {
        Arrays.stream(order.rows(epoch * 7 + step)).forEach(rows::add);
      }
      assertThat(rows).hasSize(100).doesNotHaveDuplicates();
      epochs.add(rows);
    }
    assertThat(epochs).doesNotHaveDuplicates();
  }

  @Test
  void shuffledSteps_runThroughEveryEpochWithoutAGap() {
    BatchOrder order = new BatchOrder(steps(30, 4), 6, true, 1);
    int[] all = IntStream.range(0, 30).flatMap(s -> Arrays.stream(order.rows(s))).toArray();
    for (int epoch = 0; epoch < 20; epoch++) {
      assertThat(Arrays.copyOfRange(all, epoch * 6, epoch * 6 + 6))
          .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }
  }

  @Test
  void steps_areTheSameInWhateverOrderTheyAreAskedFor() {
    TrainSpec train = epochs(5, 3);
    BatchOrder forward = new BatchOrder(train, 10, true, 42);
    for (int step = forward.steps() - 1; step >= 0; step--) {
      BatchOrder resumed = new BatchOrder(train, 10, true, 42);
      assertThat(resumed.rows(step)).containsExactly(forward.rows(step));
    }
  }

  @Test
  void seeds_giveDifferentOrders() {
    assertThat(new BatchOrder(epochs(1, 50), 50, true, 0).rows(0))
        .isNotEqualTo(new BatchOrder(epochs(1, 50), 50, true, 1).rows(0));
  }

  /** Checkpoints outlive versions: this order must never change. */
  @Test
  void order_isTheOneOfEveryVersion() {
    BatchOrder order = new BatchOrder(epochs(2, 10), 10, true, 7);
    assertThat(order.rows(0)).containsExactly(9, 4, 7, 3, 2, 5, 0, 1, 6, 8);
    assertThat(order.rows(1)).containsExactly(8, 9, 6, 7, 4, 5, 0, 1, 3, 2);
  }

  @Test
  void groupedByLength_eachStretchOfFiftyBatchesIsSorted() {
    List<Integer> lengths = IntStream.range(0, 250).map(i -> i * 37 % 101).boxed().toList();
    TrainSpec train = new TrainSpec(2, 0, 2, 1, 1e-3, 0, 0, 0, null, 0, true);
    BatchOrder order = new BatchOrder(train, lengths, true, 3);
    List<Integer> epoch = new ArrayList<>();
    for (int step = 0; step < 125; step++) {
      Arrays.stream(order.rows(step)).forEach(epoch::add);
    }
    assertThat(epoch).doesNotHaveDuplicates().hasSize(250);
    for (int from = 0; from < 250; from += 100) {
      assertThat(epoch.subList(from, Math.min(from + 100, 250)).stream().map(lengths::get))
          .isSortedAccordingTo(Comparator.reverseOrder());
    }
    BatchOrder resumed = new BatchOrder(train, lengths, true, 3);
    assertThat(resumed.rows(130)).isEqualTo(order.rows(130)).isNotEqualTo(order.rows(5));
  }

  @Test
  void stepBeyondTheEnd_isRefused() {
    BatchOrder order = new BatchOrder(epochs(1, 4), 10, false, 0);
    assertThatThrownBy(() -> order.rows(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> order.rows(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void uncountableEpochs_areRefused() {
    assertThatThrownBy(() -> new BatchOrder(epochs(Integer.MAX_VALUE, 1), 2, false, 0))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("train.epochs 2147483647 of 2 rows are 4294967294 steps");
  }

  private static TrainSpec epochs(int epochs, int batch) {
    return new TrainSpec(epochs, 0, batch, 1, 1e-3, 0, 0, 0, null, 0, false);
  }

  private static TrainSpec steps(int steps, int batch) {
    return new TrainSpec(0, steps, batch, 1, 1e-3, 0, 0, 0, null, 0, false);
  }
}
