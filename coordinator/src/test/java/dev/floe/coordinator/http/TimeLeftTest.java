package dev.floe.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
  private final SettableClock clock = new SettableClock();
  private final TimeLeft timeLeft = new TimeLeft(clock);

  @Test
  void nothingDone_isNotKnown() {
    clock.after(Duration.ofSeconds(10));
    assertThat(timeLeft.seconds(sweep(0))).isEmpty();
  }

  @Test
  void steadyPace_isExtrapolated() {
    clock.after(Duration.ofSeconds(100));
    assertThat(timeLeft.seconds(sweep(2))).hasValue(400);
  }

  @Test
  void resumedAfterADay_thePauseDoesNotCount() {
    clock.after(Duration.ofDays(1));
    timeLeft.seconds(sweep(5));
    clock.after(Duration.ofDays(1).plusSeconds(30));
    assertThat(timeLeft.seconds(sweep(8))).hasValueCloseTo(20.0, Offset.offset(1e-6));
  }

  private static SweepView sweep(int done) {
    List<JobView> jobs =
        IntStream.range(0, 10)
            .mapToObj(i -> i < done ? Views.done(i) : JobView.pending(i, Map.of()))
            .toList();
    return Views.sweep(jobs);
  }

  private static final class SettableClock extends Clock {
    private Instant now = Views.START;

    void after(Duration sinceStart) {
      now = Views.START.plus(sinceStart);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
