package dev.floe.worker.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Which row of the cache each decode row has when some leave and others join. Rows of one adapter
 * sit side by side, adapters in order, so that an adapter acts on one slice of the batch; as few
 * rows as possible move.
 *
 * @param rows in the order of their seats
 * @param from seats that rows move away from
 * @param to where each of them moves, all at once
 * @param joined the seats of those that join, in the order in which they were given
 */
@SuppressWarnings("ArrayRecordComponent") // made, used once and forgotten
record Seating(List<DecodeRow> rows, int[] from, int[] to, int[] joined) {

  /**
   * @param seated the rows as they sit; those that have finished leave
   * @param joining rows that take a seat
   */
  static Seating of(List<DecodeRow> seated, List<DecodeRow> joining) {
    int adapters = 1 + Math.max(lastAdapter(seated), lastAdapter(joining));
    int[] start = new int[adapters + 1];
    seated.stream().filter(row -> !row.finished()).forEach(row -> start[row.adapter() + 1]++);
    joining.forEach(row -> start[row.adapter() + 1]++);
    for (int adapter = 0; adapter < adapters; adapter++) {
      start[adapter + 1] += start[adapter];
    }
    Plan plan = new Plan(start);
    List<Integer> movers = new ArrayList<>();
    for (int seat = 0; seat < seated.size(); seat++) {
      DecodeRow row = seated.get(seat);
      if (!row.finished() && !plan.keep(row, seat)) {
        movers.add(seat);
      }
    }
    int[] from = movers.stream().mapToInt(Integer::intValue).toArray();
    int[] to = movers.stream().mapToInt(seat -> plan.place(seated.get(seat))).toArray();
    int[] joined = joining.stream().mapToInt(plan::place).toArray();
    return new Seating(List.of(plan.seats), from, to, joined);
  }

  private static int lastAdapter(List<DecodeRow> rows) {
    return rows.stream().mapToInt(DecodeRow::adapter).max().orElse(0);
  }

  /** The seats while they are being taken. */
  private static final class Plan {
    private final int[] start;
    private final int[] next;
    private final DecodeRow[] seats;

    /**
     * @param start the first seat of each adapter, and the number of seats
     */
    Plan(int[] start) {
      this.start = start;
      next = start.clone();
      seats = new DecodeRow[start[start.length - 1]];
    }

    /** Leaves a row where it is, if that is among its adapter's seats. */
    boolean keep(DecodeRow row, int seat) {
      boolean among = seat >= start[row.adapter()] && seat < start[row.adapter() + 1];
      if (among) {
        seats[seat] = row;
      }
      return among;
    }

    /** Gives a row the first free seat of its adapter. */
    int place(DecodeRow row) {
      int seat = next[row.adapter()];
      while (seats[seat] != null) {
        seat++;
      }
      seats[seat] = row;
      next[row.adapter()] = seat + 1;
      return seat;
    }
  }
}
