package dev.floe.coordinator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.Samples;
import dev.floe.coordinator.TestClock;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.testkit.JournalOperation;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.ProcessingPolicy;
import org.apache.pekko.persistence.testkit.ProcessingResult;
import org.apache.pekko.persistence.testkit.ProcessingSuccess;
import org.apache.pekko.persistence.testkit.StorageFailure;
import org.apache.pekko.persistence.testkit.WriteEvents;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Far more reports at once than the entity's stash holds, before a journal that takes its time. */
class CrowdedSweepTest {
  private static final int STASH = 3; // a batch, and the two timers
  private static final int WORKERS = 500;
  private static final SweepSpec SPEC = Samples.spec(WORKERS - 1); // and the baseline

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  pekko.persistence.typed.stash-capacity = %d
                  pekko.actor.testkit.typed.single-expect-default = 10 s
                  """
                      .formatted(STASH))
              .withFallback(PersistenceTestKitPlugin.getInstance().config())
              .withFallback(PersistenceTestKitSnapshotPlugin.config())
              .withFallback(ConfigFactory.load()));
  private final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  private final TestProbe<SweepNotice> dispatcher = kit.createTestProbe(SweepNotice.class);
  private final TestProbe<WorkerCommand> workers = kit.createTestProbe(WorkerCommand.class);
  private ActorRef<SweepCommand> sweep;
  private List<Lease> leases;

  @BeforeEach
  void leaseEveryJob() {
    sweep =
        kit.spawn(
            Sweep.create(
                SPEC.id(),
                new SweepSettings(
                    RetryPolicy.DEFAULT, Duration.ofSeconds(30), Duration.ofSeconds(30), 10),
                new TestClock(),
                dispatcher.ref()::tell,
                update -> {}));
    TestProbe<StatusReply<SweepCommand.Submitted>> answer = kit.createTestProbe();
    sweep.tell(new SweepCommand.Submit(SPEC, Path.of("/out"), answer.ref()));
    answer.receiveMessage();
    for (int i = 0; i < WORKERS; i++) {
      sweep.tell(new SweepCommand.Offer("w-" + i));
    }
    leases = new ArrayList<>();
    while (leases.size() < WORKERS) {
      if (dispatcher.receiveMessage() instanceof SweepNotice.Granted granted) {
        leases.add(granted.lease());
      }
    }
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void reportsThatArriveWhileAPersistRuns_arePersistedTogetherAndNoneIsLost() {
    CountDownLatch open = new CountDownLatch(1);
    journal.withPolicy(writes(() -> awaitAndSucceed(open)));
    int before = writes().size();
    reportAll();
    reportAll(); // workers repeat themselves while they wait
    workers.expectNoMessage(Duration.ofMillis(100)); // nothing is acknowledged that is not durable
    open.countDown();

    assertThat(acknowledged()).containsExactlyInAnyOrderElementsOf(leases);
    assertThat(writes().size() - before).isLessThan(STASH);
    assertThat(replayed().jobs().allEnded()).isTrue();
  }

  @Test
  void reportsOfAPersistThatFailed_areTakenWhenTheyComeAgain() {
    journal.withPolicy(
        writes(() -> StorageFailure.create(new IllegalStateException("the disk is full"))));
    reportAll();
    workers.expectNoMessage(Duration.ofMillis(300));
    assertThat(replayed().jobs().ended()).isZero();

    journal.resetPolicy();
    reportAll();
    assertThat(acknowledged()).containsExactlyInAnyOrderElementsOf(leases);
    assertThat(replayed().jobs().allEnded()).isTrue();
  }

  private void reportAll() {
    for (Lease lease : leases) {
      sweep.tell(
          new SweepCommand.AttemptEnded(
              new WorkerReport.Finished(lease, Samples.report(), workers.ref())));
    }
  }

  private Set<Lease> acknowledged() {
    Set<Lease> acknowledged = new HashSet<>();
    while (acknowledged.size() < WORKERS) {
      acknowledged.add(workers.expectMessageClass(WorkerCommand.ReportReceived.class).lease());
    }
    return acknowledged;
  }

  private List<Object> writes() {
    return journal.persistedInStorage(Sweep.persistenceId(SPEC.id()).id());
  }

  private SweepState replayed() {
    SweepState state = SweepState.EMPTY;
    for (Object event : writes()) {
      state = state.apply((SweepEvent) event);
    }
    return state;
  }

  private interface Outcome {
    ProcessingResult get();
  }

  /** What becomes of writes; all else succeeds. */
  private static ProcessingPolicy<JournalOperation> writes(Outcome outcome) {
    return (id, operation) ->
        operation instanceof WriteEvents ? outcome.get() : ProcessingSuccess.getInstance();
  }

  private static ProcessingResult awaitAndSucceed(CountDownLatch open) {
    try {
      open.await();
      return ProcessingSuccess.getInstance();
    } catch (InterruptedException e) {
      return StorageFailure.create(e);
    }
  }
}
