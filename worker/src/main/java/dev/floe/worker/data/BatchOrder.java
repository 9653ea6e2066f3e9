package dev.floe.worker.data;

import dev.floe.protocol.job.TrainSpec;
import dev.floe.worker.InvalidJobException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which rows make each optimizer step: a function of the seed and the step's number alone, so that
 * a run goes on from any step with the rows that it would have had.
 *
 * <p>By epochs, each epoch is cut into batches anew and its last batch may be small. By steps, the
 * epochs follow each other as one endless list and every batch is full: with rows as given, step
 * <i>s</i> has rows {@code (s · batch + i) mod rows}. Not safe for use by several threads at once.
 *
 * <p>Grouped by length, each stretch of fifty batches of an epoch is sorted, longest rows first, so
 * that a batch's rows are about equally long and the epoch stays mixed.
 */
public final class BatchOrder {
  private static final int BATCHES_IN_A_GROUP = 50;

  private final int rows;
  private final List<Integer> lengths;
  private final boolean grouped;
  private final int batch;
  private final int steps;
  private final boolean endless;
  private final boolean shuffle;
  private final long seed;

  /** The order of the epoch that was asked for last: neighbouring steps share it. */
  private int[] permutation;

  private long permutationEpoch = -1;

  /** An order of {@code rows} rows that are equally long. */
  public BatchOrder(TrainSpec train, int rows, boolean shuffle, long seed) {
    this(train, Collections.nCopies(rows, 1), shuffle, seed);
  }

  /**
   * An order of rows.
   *
   * @param lengths tokens of each row
   * @param shuffle whether each epoch has an order of its own; otherwise rows come as given
   * @throws InvalidJobException the epochs come to more steps than can be counted
   */
  public BatchOrder(TrainSpec train, List<Integer> lengths, boolean shuffle, long seed) {
    if (lengths.isEmpty()) {
      throw new IllegalArgumentException("rows must be >= 1, got 0");
    }
    this.rows = lengths.size();
    this.lengths = List.copyOf(lengths);
    this.grouped = train.groupByLength();
    this.batch = train.batch();
    this.endless = train.steps() > 0;
    this.steps = endless ? train.steps() : epochSteps(train, rows);
    this.shuffle = shuffle;
    this.seed = seed;
  }

  private static int epochSteps(TrainSpec train, int rows) {
    long steps = (long) train.epochs() * stepsPerEpoch(rows, train.batch());
    if (steps > Integer.MAX_VALUE) {
      throw new InvalidJobException(
          "train.epochs %d of %d rows are %d steps, too many; lower it"
              .formatted(train.epochs(), rows, steps));
    }
    return (int) steps;
  }

  private static int stepsPerEpoch(int rows, int batch) {
    return (rows - 1) / batch + 1;
  }

  /** Number of optimizer steps. */
  public int steps() {
    return steps;
  }

  /**
   * The indices of a step's rows.
   *
   * @param step from 0
   */
  public int[] rows(int step) {
    if (step < 0 || step >= steps) {
      throw new IndexOutOfBoundsException("step " + step + " of " + steps);
    }
    if (endless) {
      return endlessRows((long) step * batch);
    }
    int perEpoch = stepsPerEpoch(rows, batch);
    int from = step % perEpoch * batch;
    int[] indices = new int[Math.min(batch, rows - from)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = row(step / perEpoch, from + i);
    }
    return indices;
  }

  private int[] endlessRows(long from) {
    int[] indices = new int[batch];
    for (int i = 0; i < batch; i++) {
      indices[i] = row((from + i) / rows, (int) ((from + i) % rows));
    }
    return indices;
  }

  private int row(long epoch, int position) {
    if (!shuffle && !grouped) {
      return position;
    }
    if (permutationEpoch != epoch) {
      int[] order = shuffle ? permutation(epoch) : IntStream.range(0, rows).toArray();
      permutation = grouped ? byLength(order) : order;
      permutationEpoch = epoch;
    }
    return permutation[position];
  }

  /** The sort is stable, so equally long rows stay in their order. */
  private int[] byLength(int[] order) {
    List<Integer> sorted = new ArrayList<>(Arrays.stream(order).boxed().toList());
    long group = (long) BATCHES_IN_A_GROUP * batch;
    for (long from = 0; from < rows; from += group) {
      sorted
          .subList((int) from, (int) Math.min(from + group, rows))
          .sort(Comparator.comparing(lengths::get, Comparator.reverseOrder()));
    }
    return sorted.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Fisher and Yates' shuffle, drawn from {@link Random}, whose numbers Java's documents fix. */
  private int[] permutation(long epoch) {
    Random random = new Random(mix(seed * 0x9E3779B97F4A7C15L + epoch));
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      int swap = random.nextInt(i + 1);
      order[i] = order[swap];
      order[swap] = i;
    }
    return order;
  }

  /** The finalizer of SplitMix64: neighbouring seeds of {@link Random} start out alike. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
