package dev.floe.coordinator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.floe.coordinator.Samples;
import dev.floe.coordinator.TestClock;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The entity alone: probes stand for the dispatcher, the board and the workers. */
class SweepTest {
  private static final SweepSpec SPEC = Samples.spec(2);
  private static final String ID = SPEC.id();
  private static final Path OUT = Path.of("/out");
  private static final RetryPolicy RETRY = RetryPolicyTest.policy(2, 2, 2, 10, 10);

  private final ActorTestKit kit =
      ActorTestKit.create(
          PersistenceTestKitPlugin.getInstance()
              .config()
              .withFallback(PersistenceTestKitSnapshotPlugin.config())
              .withFallback(ManualTime.config())
              .withFallback(ConfigFactory.load()));
  private final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestClock clock = new TestClock();
  private final TestProbe<SweepNotice> dispatcher = kit.createTestProbe(SweepNotice.class);
  private final TestProbe<SweepUpdate> board = kit.createTestProbe(SweepUpdate.class);
  private final TestProbe<WorkerCommand> worker = kit.createTestProbe(WorkerCommand.class);
  private ActorRef<SweepCommand> sweep;

  @BeforeEach
  void submitSweep() {
    sweep = start(Duration.ZERO);
    assertThat(submit(OUT)).isEqualTo(new SweepCommand.Submitted(false, 2, 0));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    board.expectMessageClass(SweepUpdate.Snapshot.class);
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void submittingAgain_changesNothing() {
    assertThat(submit(OUT)).isEqualTo(new SweepCommand.Submitted(true, 2, 0));
    assertThat(journaled()).isEqualTo(1);
  }

  @Test
  void submittingToAnotherDirectory_isRefusedWithBoth() {
    TestProbe<StatusReply<SweepCommand.Submitted>> answer = kit.createTestProbe();
    sweep.tell(new SweepCommand.Submit(SPEC, Path.of("/elsewhere"), answer.ref()));
    assertThat(answer.receiveMessage().getError())
        .hasMessage(
            "sweep %s writes to /out, not to /elsewhere: give the directory that it started with",
            ID);
  }

  @Test
  void leasedJob_isInTheJournalBeforeItIsGranted() {
    Lease lease = offerAndTake("w-1");
    assertThat(lease.job()).isEqualTo(JobSpec.BASELINE);
    assertThat(journal.persistedInStorage(Sweep.persistenceId(ID).id()))
        .hasSize(2)
        .contains(new SweepEvent.JobLeased(JobSpec.BASELINE, 1, "w-1", Samples.NOON));
  }

  @Test
  void reportSentTwice_isAcknowledgedTwiceAndCountedOnce() {
    Lease lease = offerAndTake("w-1");
    finish(lease);
    int before = journaled();
    finish(lease);
    assertThat(journaled()).isEqualTo(before);
  }

  @Test
  void reportThatCannotBeJournaled_isNotAcknowledged() {
    Lease lease = offerAndTake("w-1");
    journal.failNextPersisted();
    sweep.tell(ended(new WorkerReport.Finished(lease, Samples.report(), worker.ref())));
    worker.expectNoMessage(Duration.ofMillis(200));
  }

  @Test
  void staleAttempt_isAcknowledgedAndDropped() {
    Lease old = offerAndTake("w-1");
    sweep.tell(new SweepCommand.LeaseLost(old, "silence", false));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    Lease current = offerAndTake("w-2");
    assertThat(current.attempt()).isEqualTo(2);
    int before = journaled();

    finish(old);
    assertThat(journaled()).isEqualTo(before);
    finish(current);
    assertThat(journaled()).isEqualTo(before + 1);
  }

  @Test
  void invalidJob_isNotRetried() {
    Lease lease = offerAndTake("w-1");
    fail(lease, JobFailure.Kind.INVALID);
    assertThat(entered(JobState.FAILED, lease).failure().kind()).isEqualTo(JobFailure.Kind.INVALID);
    dispatcher.expectNoMessage();
  }

  @Test
  void bug_isOfferedAgainAfterItsBackOff() {
    Lease lease = offerAndTake("w-1");
    offerAndTake("w-2");
    offerAndTake("w-3");
    fail(lease, JobFailure.Kind.BUG);
    offer("w-1");
    dispatcher.expectMessage(new SweepNotice.NothingDue(ID, "w-1"));

    clock.advance(Duration.ofSeconds(10));
    time.timePasses(Duration.ofSeconds(10));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    assertThat(offerAndTake("w-1").attempt()).isEqualTo(2);
  }

  @Test
  void jobThatTakesDownTwoWorkers_isQuarantined() {
    for (String id : new String[] {"w-1", "w-2"}) {
      Lease lease = offerAndTake(id);
      sweep.tell(new SweepCommand.LeaseLost(lease, "worker " + id + " died", true));
      if (id.equals("w-1")) {
        dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
      } else {
        JobView quarantined = entered(JobState.QUARANTINED, lease);
        assertThat(quarantined.attempts()).isEqualTo(2);
        assertThat(quarantined.failure())
            .isEqualTo(
                new JobFailure(
                    JobFailure.Kind.POISON,
                    "took down 2 workers, the last time: worker w-2 died",
                    ""));
      }
    }
  }

  @Test
  void handedBackLease_isPendingAgainAtNoCost() {
    Lease lease = offerAndTake("w-1");
    sweep.tell(ended(new WorkerReport.Returned(lease, worker.ref())));
    worker.expectMessage(new WorkerCommand.ReportReceived(lease));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    assertThat(entered(JobState.PENDING, lease).attempts()).isZero();
    assertThat(entered(JobState.RUNNING, offerAndTake("w-2")).attempts()).isEqualTo(1);
  }

  @Test
  void lastReport_finishesTheSweep() {
    for (int i = 0; i < 3; i++) {
      finish(offerAndTake("w-1"));
    }
    dispatcher.expectMessage(new SweepNotice.Finished(ID));
    SweepUpdate.PhaseChanged finished =
        new SweepUpdate.PhaseChanged(SweepPhase.FINISHED, Samples.NOON);
    board.fishForMessage(
        Duration.ofSeconds(3),
        update ->
            update.equals(finished)
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void sweepAtRest_callsItsLeasesBackAndOffersNothing() {
    Lease lease = offerAndTake("w-1");
    TestProbe<StatusReply<Done>> done = kit.createTestProbe();
    sweep.tell(new SweepCommand.Pause(done.ref()));
    assertThat(dispatcher.expectMessageClass(SweepNotice.Resting.class).running())
        .containsExactly(lease);
    done.expectMessage(StatusReply.ack());
    offer("w-2");
    dispatcher.expectMessage(new SweepNotice.NothingDue(ID, "w-2"));
    sweep.tell(new SweepCommand.Resume(done.ref()));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
  }

  @Test
  void cancelledSweep_stopsWhatHasNotEndedAndKeepsWhatWasDone() {
    Lease done = offerAndTake("w-1");
    finish(done);
    Lease running = offerAndTake("w-1");
    TestProbe<StatusReply<Done>> answer = kit.createTestProbe();
    sweep.tell(new SweepCommand.Cancel(answer.ref()));
    dispatcher.expectMessage(new SweepNotice.Stale(ID, running));
    answer.expectMessage(StatusReply.ack());
    dispatcher.expectMessage(new SweepNotice.Finished(ID));
    SweepUpdate.Snapshot end = lastSnapshot();
    assertThat(end.view().phase()).isEqualTo(SweepPhase.FINISHED);
    assertThat(end.view().baseline().state()).isEqualTo(JobState.DONE);
    assertThat(end.view().count(JobState.STOPPED)).isEqualTo(2);

    int before = journaled();
    finish(running); // late: acknowledged, and dropped
    assertThat(journaled()).isEqualTo(before);
    sweep.tell(new SweepCommand.Resume(answer.ref()));
    assertThat(answer.receiveMessage().getError()).hasMessage("sweep %s has ended", ID);
  }

  @Test
  void failedJobs_areTriedAgainByKindWithFreshAttempts() {
    finish(offerAndTake("w-1"));
    Lease full = offerAndTake("w-1");
    fail(full, JobFailure.Kind.OUT_OF_MEMORY);
    fail(offerAndTake("w-1"), JobFailure.Kind.INVALID);
    dispatcher.expectMessage(new SweepNotice.Finished(ID));

    assertThat(retry(JobFailure.Kind.LOST)).isZero();
    assertThat(retry(JobFailure.Kind.OUT_OF_MEMORY, JobFailure.Kind.LOST)).isEqualTo(1);
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    Lease again = offerAndTake("w-1");
    assertThat(again.job()).isEqualTo(full.job());
    assertThat(again.attempt()).isEqualTo(2);
    finish(again);
    dispatcher.expectMessage(new SweepNotice.Finished(ID));
    assertThat(entered(JobState.DONE, again).report()).isEqualTo(Samples.report());
  }

  private int retry(JobFailure.Kind... kinds) {
    TestProbe<StatusReply<Integer>> answer = kit.createTestProbe();
    sweep.tell(new SweepCommand.RetryFailed(Set.of(kinds), answer.ref()));
    return answer.receiveMessage().getValue();
  }

  private SweepUpdate.Snapshot lastSnapshot() {
    while (true) {
      if (board.receiveMessage() instanceof SweepUpdate.Snapshot snapshot) {
        return snapshot;
      }
    }
  }

  @Test
  void restartWithoutWorkers_returnsLeasedJobsToPendingAtOnce() {
    Lease lease = offerAndTake("w-1");
    finish(offerAndTake("w-2"));
    restart(Duration.ZERO, Set.of());
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    Lease next = offerAndTake("w-3");
    assertThat(next.job()).isEqualTo(lease.job());
    assertThat(next.attempt()).isEqualTo(2);
    assertThat(offerAndTake("w-4").job()).isEqualTo(1);
    offer("w-5");
    dispatcher.expectMessage(new SweepNotice.NothingDue(ID, "w-5"));
  }

  @Test
  void restartWithGrace_waitsForWorkersAndKeepsWhatTheyHold() {
    Lease kept = offerAndTake("w-1");
    Lease gone = offerAndTake("w-2");
    restart(Duration.ofSeconds(30), Set.of());
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID)); // job 1 was never leased
    sweep.tell(new SweepCommand.ConfirmLease(kept));
    time.timePasses(Duration.ofSeconds(30));
    dispatcher.expectMessage(new SweepNotice.WorkAvailable(ID));
    assertThat(offerAndTake("w-3").job()).isEqualTo(gone.job());
    finish(kept);
    assertThat(entered(JobState.DONE, kept).report()).isEqualTo(Samples.report());
  }

  @Test
  void leaseThatIsNotOut_isStaleWhenAWorkerClaimsIt() {
    Lease lease = offerAndTake("w-1");
    finish(lease);
    sweep.tell(new SweepCommand.ConfirmLease(lease));
    dispatcher.expectMessage(new SweepNotice.Stale(ID, lease));
  }

  @Test
  void sweepThatWasNeverSubmitted_saysSo() {
    ActorRef<SweepCommand> unknown =
        kit.spawn(
            Sweep.create(
                "ffffffff",
                settings(Duration.ZERO),
                clock,
                dispatcher.ref()::tell,
                board.ref()::tell));
    TestProbe<StatusReply<SweepCommand.Submitted>> answer = kit.createTestProbe();
    unknown.tell(new SweepCommand.Describe(answer.ref()));
    assertThat(answer.receiveMessage().getError()).hasMessage("no sweep ffffffff is known");
  }

  @Test
  void offerForABundle_isGrantedWhatRunsAlongAndNothingElse() {
    JobSpec first = Expansion.of(SPEC, OUT).job(0);
    Optional<BundleKey> key = BundleKey.of(first);
    sweep.tell(new SweepCommand.Offer("w-1", key));
    assertThat(dispatcher.expectMessageClass(SweepNotice.Granted.class).job()).isEqualTo(first);
    JobSpec odd =
        new JobSpec(
            0,
            "/models/other",
            first.data(),
            first.adapter(),
            first.train(),
            first.evaluate(),
            first.seed(),
            first.adapterDirectory(),
            first.checkpointDirectory(),
            first.dtype());
    sweep.tell(new SweepCommand.Offer("w-2", BundleKey.of(odd)));
    dispatcher.expectMessage(new SweepNotice.NothingAlike(ID, "w-2"));
  }

  private ActorRef<SweepCommand> start(Duration grace) {
    ActorRef<SweepCommand> started =
        kit.spawn(
            Sweep.create(ID, settings(grace), clock, dispatcher.ref()::tell, board.ref()::tell));
    dispatcher.expectMessageClass(SweepNotice.Opened.class);
    return started;
  }

  private void restart(Duration grace, Set<Lease> held) {
    sweep.tell(SweepCommand.Close.INSTANCE);
    worker.expectTerminated(sweep);
    sweep = start(grace);
    sweep.tell(new SweepCommand.LeasesHeld(held));
  }

  private static SweepSettings settings(Duration grace) {
    return new SweepSettings(RETRY, Duration.ofSeconds(30), grace, 2);
  }

  private SweepCommand.Submitted submit(Path out) {
    TestProbe<StatusReply<SweepCommand.Submitted>> answer = kit.createTestProbe();
    sweep.tell(new SweepCommand.Submit(SPEC, out, answer.ref()));
    return answer.receiveMessage().getValue();
  }

  private void offer(String id) {
    sweep.tell(new SweepCommand.Offer(id));
  }

  private Lease offerAndTake(String id) {
    offer(id);
    SweepNotice.Granted granted = dispatcher.expectMessageClass(SweepNotice.Granted.class);
    assertThat(granted.job().index()).isEqualTo(granted.lease().job());
    return granted.lease();
  }

  private void finish(Lease lease) {
    sweep.tell(ended(new WorkerReport.Finished(lease, Samples.report(), worker.ref())));
    worker.expectMessage(new WorkerCommand.ReportReceived(lease));
  }

  private void fail(Lease lease, JobFailure.Kind kind) {
    sweep.tell(ended(new WorkerReport.Failed(lease, Samples.failure(kind), worker.ref())));
    worker.expectMessage(new WorkerCommand.ReportReceived(lease));
  }

  private static SweepCommand ended(WorkerReport.Final report) {
    return new SweepCommand.AttemptEnded(report);
  }

  /** What the board was told when the lease's job entered a state. */
  private JobView entered(JobState state, Lease lease) {
    while (true) {
      if (board.receiveMessage() instanceof SweepUpdate.JobChanged changed
          && changed.job().index() == lease.job()
          && changed.job().state() == state) {
        return changed.job();
      }
    }
  }

  private int journaled() {
    return journal.persistedInStorage(Sweep.persistenceId(ID).id()).size();
  }
}
