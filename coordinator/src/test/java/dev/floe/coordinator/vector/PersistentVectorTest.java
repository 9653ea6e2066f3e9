package dev.floe.coordinator.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PersistentVectorTest {
  /** Measures the sum of the numbers. */
  private static final Measure<Integer, int[]> SUM =
      new Measure<>() {
        @Override
        public int[] none() {
          return new int[1];
        }

        @Override
        public void add(int[] sum, Integer element, int count) {
          sum[0] += element * count;
        }

        @Override
        public void add(int[] sum, int[] measured) {
          sum[0] += measured[0];
        }
      };

  @Test
  void randomChanges_areThoseOfAnArray() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int size : new int[] {1, 31, 32, 33, 1000, 1024, 1025, 40_000}) {
      Integer[] model = new Integer[size];
      Arrays.fill(model, 0);
      PersistentVector<Integer, int[]> vector = PersistentVector.filled(size, 0, SUM);
      for (int i = 0; i < 300; i++) {
        int from = random.nextInt(size);
        int to = random.nextBoolean() ? from + 1 : from + random.nextInt(size - from + 1);
        int element = random.nextInt(3);
        Arrays.fill(model, from, to, element);
        vector = to == from + 1 ? vector.with(from, element) : vector.with(from, to, element);
      }
      String state = "size " + size + ", seed " + seed;
      assertThat(elements(vector)).as(state).containsExactly(model);
      for (int i = 0; i < size; i += 7) {
        assertThat(vector.get(i)).as(state).isEqualTo(model[i]);
      }
      assertThat(vector.measured()[0])
          .as(state)
          .isEqualTo(Arrays.stream(model).mapToInt(Integer::intValue).sum());
      assertThat(vector.first(sum -> sum[0] > 0, element -> element == 2))
          .as(state)
          .isEqualTo(Arrays.asList(model).indexOf(2));
    }
  }

  @Test
  void replacing_leavesTheOldVectorAlone() {
    PersistentVector<Integer, int[]> before = PersistentVector.filled(1000, 0, SUM);
    PersistentVector<Integer, int[]> after = before.with(700, 5);
    assertThat(before.get(700)).isZero();
    assertThat(after.get(700)).isEqualTo(5);
    assertThat(after.get(699)).isZero();
  }

  @Test
  void equalNeighboursThatFillBranches_areKeptOnce() {
    PersistentVector<Integer, int[]> vector = PersistentVector.filled(100_000, 0, SUM);
    for (int i = 0; i < 100_000; i++) {
      vector = vector.with((i * 7) % 100_000, 1);
    }
    List<Integer> ends = new ArrayList<>();
    vector.forEachStretch((from, to, element) -> ends.add(to));
    assertThat(ends).containsExactly(100_000);
  }

  @Test
  void placeBeyondItsEnd_isRefused() {
    PersistentVector<Integer, int[]> vector = PersistentVector.filled(3, 0, SUM);
    assertThatThrownBy(() -> vector.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> vector.with(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static List<Integer> elements(PersistentVector<Integer, int[]> vector) {
    List<Integer> elements = new ArrayList<>();
    vector.forEachStretch(
        (from, to, element) -> {
          assertThat(from).isEqualTo(elements.size());
          for (int i = from; i < to; i++) {
            elements.add(element);
          }
        });
    return elements;
  }
}
