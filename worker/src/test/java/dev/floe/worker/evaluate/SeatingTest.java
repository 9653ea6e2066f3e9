package dev.floe.worker.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeatingTest {
  private static final int END = 9;
  private static final DecodeRow.Ends ENDS = new DecodeRow.Ends(Set.of(END), StopStrings.NONE, 4);

  private int rows;

  private DecodeRow row(int adapter) {
    return new DecodeRow(rows++, adapter, new int[] {1, 2}, ENDS);
  }

  private DecodeRow finished(int adapter) {
    DecodeRow row = row(adapter);
    row.accept(END);
    return row;
  }

  @Test
  void oneAdapter_fillsHolesFromTheRightAndMovesNobodyElse() {
    List<DecodeRow> seated = List.of(row(0), finished(0), row(0), row(0));
    Seating seating = Seating.of(seated, List.of());
    assertThat(seating.from()).containsExactly(3);
    assertThat(seating.to()).containsExactly(1);
    assertThat(seating.rows()).containsExactly(seated.get(0), seated.get(3), seated.get(2));
  }

  @Test
  void joiningRows_takeTheSeatsThatAreFree() {
    List<DecodeRow> seated = List.of(finished(0), row(0), finished(0), row(0));
    List<DecodeRow> joining = List.of(row(0), row(0), row(0));
    Seating seating = Seating.of(seated, joining);
    assertThat(seating.from()).isEmpty();
    assertThat(seating.joined()).containsExactly(0, 2, 4);
    assertThat(seating.rows())
        .containsExactly(
            joining.get(0), seated.get(1), joining.get(1), seated.get(3), joining.get(2));
  }

  @Test
  void everybodyGone_leavesNoSeat() {
    assertThat(Seating.of(List.of(finished(0), finished(1)), List.of()).rows()).isEmpty();
  }

  @Test
  void anyComingsAndGoings_keepRowsAndAdaptersTogether() {
    Random random = new Random(7);
    List<DecodeRow> seated = List.of();
    for (int round = 0; round < 300; round++) {
      List<DecodeRow> joining = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        joining.add(row(random.nextInt(4)));
      }
      seated.stream().filter(row -> random.nextInt(3) == 0).forEach(row -> row.accept(END));
      Seating seating = Seating.of(seated, joining);
      assertThat(moved(seated, joining, seating)).isEqualTo(seating.rows());
      assertThat(seating.rows()).noneMatch(DecodeRow::finished).containsAll(joining);
      assertThat(seating.rows()).isSortedAccordingTo(Comparator.comparing(DecodeRow::adapter));
      seated = seating.rows();
    }
  }

  /** Does to a list what the cache does to its rows. */
  private static List<DecodeRow> moved(
      List<DecodeRow> seated, List<DecodeRow> joining, Seating seating) {
    DecodeRow[] cache = new DecodeRow[seated.size() + joining.size()];
    seated.toArray(cache);
    DecodeRow[] sources =
        Arrays.stream(seating.from()).mapToObj(at -> cache[at]).toArray(DecodeRow[]::new);
    for (int i = 0; i < sources.length; i++) {
      cache[seating.to()[i]] = sources[i];
    }
    for (int i = 0; i < joining.size(); i++) {
      cache[seating.joined()[i]] = joining.get(i);
    }
    return Arrays.asList(cache).subList(0, seating.rows().size());
  }
}
