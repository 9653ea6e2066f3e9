package dev.floe.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final int KILLED = 137;

  private final Backoff backoff = new Backoff();

  @Test
  void processesThatDieYoung_waitTwiceAsLongEachTimeUpToAMinute() {
    Duration last = backoff.after(KILLED, Duration.ofSeconds(1));
    assertThat(last).isEqualTo(Duration.ofMillis(250));
    for (int i = 0; i < 12; i++) {
      Duration next = backoff.after(KILLED, Duration.ofSeconds(1));
      assertThat(next).isBetween(last, Duration.ofMinutes(1));
      last = next;
    }
    assertThat(last).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void processThatLivedLong_startsOver() {
    backoff.after(KILLED, Duration.ZERO);
    backoff.after(KILLED, Duration.ZERO);
    assertThat(backoff.after(KILLED, Duration.ofMinutes(5))).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void nodeThatSeesNoSharedFiles_waitsForSomeoneToMountThem() {
    assertThat(backoff.after(DeviceExit.BLIND, Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
  }
}
