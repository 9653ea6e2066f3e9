package dev.floe.coordinator.dispatch;

import static dev.floe.coordinator.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerInfo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final Lease LEASE = new Lease("s", 0, 1, "w-1", Duration.ofSeconds(30));
  private static final WorkerInfo ONE = new WorkerInfo("w-1", "cpu", "cpu", 2, null);
  private static final WorkerInfo TWO = new WorkerInfo("w-2", "cpu", "cpu", 2, null);

  private final Roster roster = new Roster();

  @Test
  void workerIsFree_unlessOfferedHoldingOrLeaving() {
    roster.join(ONE);
    roster.join(TWO);
    assertThat(roster.free()).containsExactly(ONE, TWO);
    roster.offered("w-1", NOON);
    assertThat(roster.free()).containsExactly(TWO);
    roster.answered("w-1");
    roster.hold(LEASE, NOON);
    assertThat(roster.free()).containsExactly(TWO);
    roster.release(LEASE);
    roster.leaving("w-1");
    assertThat(roster.free()).containsExactly(TWO);
  }

  @Test
  void silentLease_expiresAtItsTermAndNotBefore() {
    roster.join(ONE);
    roster.hold(LEASE, NOON);
    assertThat(roster.expire(NOON.plusSeconds(29))).isEmpty();
    assertThat(roster.renew(LEASE, NOON.plusSeconds(29))).isTrue();
    assertThat(roster.expire(NOON.plusSeconds(58))).isEmpty();
    assertThat(roster.expire(NOON.plusSeconds(59))).containsExactly(LEASE);
    assertThat(roster.renew(LEASE, NOON.plusSeconds(59))).isFalse();
    assertThat(roster.free()).containsExactly(ONE);
  }

  @Test
  void workerThatIsGone_losesWhatItHeld() {
    roster.join(ONE);
    roster.hold(LEASE, NOON);
    assertThat(roster.remove("w-1")).containsExactly(LEASE);
    assertThat(roster.leases()).isEmpty();
    assertThat(roster.free()).isEmpty();
  }

  @Test
  void workerThatRegistersAgain_keepsWhatItHolds() {
    roster.join(ONE);
    roster.offered("w-1", NOON);
    roster.join(ONE.holding("/models/small"));
    assertThat(roster.free()).isEmpty();
    roster.answered("w-1");
    assertThat(roster.free()).containsExactly(ONE.holding("/models/small"));
  }

  @Test
  void offerThatIsNeverAnswered_isForgotten() {
    roster.join(ONE);
    roster.offered("w-1", NOON);
    assertThat(roster.idle()).isFalse();
    roster.expire(NOON.plus(Roster.OFFER_TERM));
    assertThat(roster.idle()).isTrue();
    assertThat(roster.free()).containsExactly(ONE);
  }

  @Test
  void queue_takesTurnsAmongSweepsWithWork() {
    SweepQueue queue = new SweepQueue();
    queue.add("a");
    queue.add("b");
    queue.add("a");
    assertThat(queue.next()).contains("a");
    assertThat(queue.next()).contains("b");
    assertThat(queue.next()).contains("a");
    queue.remove("b");
    assertThat(queue.next()).contains("a");
    queue.remove("a");
    assertThat(queue.next()).isEmpty();
  }
}
