package dev.floe.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.coordinator.TestClock;
import dev.floe.coordinator.sweep.SweepCommand;
import dev.floe.coordinator.sweep.SweepNotice;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.expand.Expansion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.pattern.StatusReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The dispatcher alone: probes stand for a sweep, its board and the workers. */
class DispatcherTest {
  private static final Duration TERM = Duration.ofSeconds(30);
  private static final JobSpec JOB = Expansion.of(Samples.spec(2), Path.of("/out")).job(0);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestClock clock = new TestClock();
  private final TestProbe<SweepCommand> sweep = kit.createTestProbe(SweepCommand.class);
  private final TestProbe<SweepUpdate> board = kit.createTestProbe(SweepUpdate.class);
  private final TestProbe<WorkerCommand> worker = kit.createTestProbe(WorkerCommand.class);
  private ActorRef<Dispatcher.Message> dispatcher;
  private ActorRef<WorkerReport> reports;

  @BeforeEach
  void openSweep() {
    dispatcher = kit.spawn(Dispatcher.create(clock));
    TestProbe<Receptionist.Listing> listings = kit.createTestProbe(Receptionist.Listing.class);
    kit.system()
        .receptionist()
        .tell(Receptionist.subscribe(WorkerReport.COORDINATOR, listings.ref()));
    while (reports == null) {
      listings
          .receiveMessage()
          .getServiceInstances(WorkerReport.COORDINATOR)
          .forEach(found -> reports = found);
    }
    notice(new SweepNotice.Opened("s", sweep.ref(), board.ref()::tell));
    sweep.expectMessage(new SweepCommand.LeasesHeld(Set.of()));
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void freeWorkerAndWork_meetWhicheverComesFirst() {
    register("w-1", worker);
    sweep.expectNoMessage();
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    register("w-2", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(new SweepCommand.Offer("w-2"));
  }

  @Test
  void sweepWithNothingDue_isNotAskedAgainUntilItHasWork() {
    register("w-1", worker);
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    notice(new SweepNotice.NothingDue("s", "w-1"));
    sweep.expectNoMessage();
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
  }

  @Test
  void finalReport_goesToTheSweepAndFreesTheWorker() {
    Lease lease = leaseTo("w-1");
    WorkerReport.Finished finished =
        new WorkerReport.Finished(lease, Samples.report(), worker.ref());
    reports.tell(finished);
    sweep.expectMessage(new SweepCommand.AttemptEnded(finished));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
  }

  @Test
  void heartbeat_renewsTheLeaseAndShowsItsProgress() {
    Lease lease = leaseTo("w-1");
    Progress progress = new Progress(Progress.Phase.TRAINING, 3, 10, 1.5, 70);
    List<LossPoint> losses = List.of(new LossPoint(3, 1.5));
    passes(TERM.minusSeconds(1));
    reports.tell(new WorkerReport.Heartbeat(lease, progress, losses));
    board.expectMessage(new SweepUpdate.JobProgressed(0, progress, losses));
    passes(TERM.minusSeconds(1));
    sweep.expectNoMessage();
  }

  @Test
  void silentLease_isLostAndCancelled_andItsLateHeartbeatToo() {
    Lease lease = leaseTo("w-1");
    passes(TERM);
    sweep.expectMessage(
        new SweepCommand.LeaseLost(lease, "worker w-1 was silent for PT30S", false));
    worker.expectMessage(new WorkerCommand.CancelLease(lease, false));
    reports.tell(
        new WorkerReport.Heartbeat(
            lease, new Progress(Progress.Phase.TRAINING, 3, 10, 1.5, 70), List.of()));
    worker.expectMessage(new WorkerCommand.CancelLease(lease, false));
    board.expectNoMessage();
  }

  @Test
  void workerThatCannotBeReached_losesItsLeaseAndTookNobodyDown() {
    Lease lease = leaseTo("w-1");
    worker.stop();
    sweep.expectMessage(unreachable(lease));
  }

  @Test
  void workerThatStartsAnewAfterACrash_losesWhatTheOldOneHeldAsATakedown() {
    Lease lease = leaseTo("w-1");
    time.timePasses(Duration.ofSeconds(1)); // no word of a process before this one
    TestProbe<WorkerCommand> again = kit.createTestProbe(WorkerCommand.class);
    reports.tell(new WorkerReport.Ended("w-1", 134, List.of("SIGSEGV")));
    sweep.expectNoMessage(); // which process that was is not known yet
    register("w-1", again);
    sweep.expectMessage(ended(lease, 134, true));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    worker.stop(); // the old one's end is no news
    sweep.expectNoMessage();
  }

  @Test
  void wordOfTheCrashThatComesLast_countsAsWell_once() {
    Lease lease = leaseTo("w-1");
    register("w-1", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    reports.tell(new WorkerReport.Ended("w-1", 137, List.of()));
    sweep.expectMessage(ended(lease, 137, true));
    time.timePasses(Duration.ofSeconds(1));
    sweep.expectNoMessage();
  }

  @Test
  void workerThatStartsAnewBecauseItWasCutOff_tookNobodyDown() {
    Lease lease = leaseTo("w-1");
    time.timePasses(Duration.ofSeconds(1)); // no word of a process before this one
    reports.tell(new WorkerReport.Ended("w-1", 4, List.of()));
    register("w-1", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(ended(lease, 4, false));
  }

  @Test
  void workerThatStartsAnewWithoutAWord_losesItsLeaseAfterAMoment() {
    Lease lease = leaseTo("w-1");
    register("w-1", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    time.timePasses(Duration.ofSeconds(1));
    sweep.expectMessage(new SweepCommand.LeaseLost(lease, "worker w-1 was started anew", false));
  }

  private static SweepCommand unreachable(Lease lease) {
    String why = "worker " + lease.worker() + " cannot be reached any more";
    return new SweepCommand.LeaseLost(lease, why, false);
  }

  private static SweepCommand ended(Lease lease, int exitCode, boolean tookWorkerDown) {
    String why = "the process of worker " + lease.worker() + " ended with exit code " + exitCode;
    return new SweepCommand.LeaseLost(lease, why, tookWorkerDown);
  }

  @Test
  void leaseHeldByAWorkerThatComesBack_isConfirmedAndCancelledWhenStale() {
    Lease lease = lease("w-1");
    reports.tell(new WorkerReport.Register(info("w-1"), worker.ref(), List.of(lease)));
    worker.expectMessage(new WorkerCommand.Registered("w-1"));
    sweep.expectMessage(new SweepCommand.ConfirmLease(lease));
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectNoMessage(); // it is busy
    notice(new SweepNotice.Stale("s", lease));
    worker.expectMessage(new WorkerCommand.CancelLease(lease, false));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
  }

  @Test
  void entityThatRestarts_hearsWhichLeasesAreHeld() {
    Lease lease = leaseTo("w-1");
    notice(new SweepNotice.Opened("s", sweep.ref(), board.ref()::tell));
    sweep.expectMessage(new SweepCommand.LeasesHeld(Set.of(lease)));
  }

  @Test
  void grantForAWorkerThatLeft_isHandedBack() {
    register("w-1", worker);
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectMessage(new SweepCommand.Offer("w-1"));
    reports.tell(new WorkerReport.Leaving("w-1"));
    notice(new SweepNotice.Granted("s", lease("w-1"), JOB));
    sweep.expectMessage(new SweepCommand.HandBack(lease("w-1")));
    worker.expectNoMessage();
  }

  @Test
  void drain_endsWhenTheLastLeaseIsBack() {
    Lease lease = leaseTo("w-1");
    TestProbe<Done> drained = kit.createTestProbe(Done.class);
    dispatcher.tell(new Dispatcher.Drain(Duration.ofSeconds(3), drained.ref()));
    worker.expectMessage(new WorkerCommand.Drain());
    drained.expectNoMessage();
    WorkerReport.Returned returned = new WorkerReport.Returned(lease, worker.ref());
    reports.tell(returned);
    sweep.expectMessage(new SweepCommand.AttemptEnded(returned));
    drained.expectMessage(Done.getInstance());
    sweep.expectNoMessage(); // nothing is offered any more
  }

  @Test
  void drainThatTakesTooLong_takesTheLeaseBackItself() {
    Lease lease = leaseTo("w-1");
    TestProbe<Done> drained = kit.createTestProbe(Done.class);
    dispatcher.tell(new Dispatcher.Drain(Duration.ofSeconds(3), drained.ref()));
    worker.expectMessage(new WorkerCommand.Drain());
    time.timePasses(Duration.ofSeconds(3));
    sweep.expectMessage(new SweepCommand.HandBack(lease));
    drained.expectMessage(Done.getInstance());
  }

  @Test
  void drainedWorker_isAnsweredWhenItsLeaseIsBackAndGetsNothingMore() {
    Lease lease = leaseTo("w-1");
    TestProbe<StatusReply<Done>> drained = kit.createTestProbe();
    dispatcher.tell(new Dispatcher.DrainWorker("w-1", Duration.ofSeconds(60), drained.ref()));
    worker.expectMessage(new WorkerCommand.Drain());
    drained.expectNoMessage();
    WorkerReport.Returned returned = new WorkerReport.Returned(lease, worker.ref());
    reports.tell(returned);
    sweep.expectMessage(new SweepCommand.AttemptEnded(returned));
    drained.expectMessage(StatusReply.ack());
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectNoMessage();
    register("w-2", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(new SweepCommand.Offer("w-2")); // the others go on
  }

  @Test
  void drainedWorkerThatTakesTooLong_losesItsLeaseAtNoCost() {
    Lease lease = leaseTo("w-1");
    TestProbe<StatusReply<Done>> drained = kit.createTestProbe();
    dispatcher.tell(new Dispatcher.DrainWorker("w-1", Duration.ofSeconds(3), drained.ref()));
    worker.expectMessage(new WorkerCommand.Drain());
    time.timePasses(Duration.ofSeconds(3));
    sweep.expectMessage(new SweepCommand.HandBack(lease));
    drained.expectMessage(StatusReply.ack());
  }

  @Test
  void drainOfAnUnknownWorker_isRefused() {
    TestProbe<StatusReply<Done>> drained = kit.createTestProbe();
    dispatcher.tell(new Dispatcher.DrainWorker("w-9", Duration.ofSeconds(3), drained.ref()));
    assertThat(drained.receiveMessage().getError()).hasMessage("no worker w-9 is known");
  }

  @Test
  void dispatcherThatRestarts_hearsOfHeldLeasesAndRenewsThem() {
    Lease lease = leaseTo("w-1");
    ActorRef<WorkerReport> before = reports;
    kit.stop(dispatcher);
    dispatcher = kit.spawn(Dispatcher.create(clock));
    TestProbe<Receptionist.Listing> listings = kit.createTestProbe(Receptionist.Listing.class);
    kit.system()
        .receptionist()
        .tell(Receptionist.subscribe(WorkerReport.COORDINATOR, listings.ref()));
    while (reports.equals(before)) {
      listings
          .receiveMessage()
          .getServiceInstances(WorkerReport.COORDINATOR)
          .forEach(found -> reports = found.equals(before) ? reports : found);
    }
    notice(new SweepNotice.Opened("s", sweep.ref(), board.ref()::tell));
    sweep.expectMessage(new SweepCommand.LeasesHeld(Set.of()));
    reports.tell(new WorkerReport.Register(info("w-1"), worker.ref(), List.of(lease)));
    worker.expectMessage(new WorkerCommand.Registered("w-1"));
    sweep.expectMessage(new SweepCommand.ConfirmLease(lease));
    passes(TERM.minusSeconds(1));
    Progress progress = new Progress(Progress.Phase.TRAINING, 4, 10, 1.5, 70);
    reports.tell(new WorkerReport.Heartbeat(lease, progress, List.of()));
    board.expectMessage(new SweepUpdate.JobProgressed(0, progress, List.of()));
    worker.expectNoMessage(); // nothing is cancelled: the job goes on, no step is lost
  }

  @Test
  void sweepAtRest_callsItsLeasesBackWithACheckpoint() {
    Lease lease = leaseTo("w-1");
    notice(new SweepNotice.Resting("s", List.of(lease)));
    worker.expectMessage(new WorkerCommand.CancelLease(lease, true));
  }

  @Test
  void workerWithRoom_getsWhatRunsAlongUntilItIsFull() {
    Lease first = leaseTo("w-1");
    BundleKey key = BundleKey.of(JOB).orElseThrow();
    SweepCommand.Offer alongside = new SweepCommand.Offer("w-1", Optional.of(key));
    reports.tell(new WorkerReport.Room("w-1", key, 1));
    sweep.expectMessage(alongside);
    Lease second = new Lease("s", 1, 1, "w-1", TERM);
    notice(new SweepNotice.Granted("s", second, JOB));
    worker.expectMessage(new WorkerCommand.RunLease(second, JOB));
    sweep.expectNoMessage();

    worker.stop();
    sweep.expectMessage(unreachable(first));
    sweep.expectMessage(unreachable(second));
  }

  @Test
  void freeWorker_comesBeforeRoom_andNothingAlikeEndsTheAsking() {
    leaseTo("w-1");
    BundleKey key = BundleKey.of(JOB).orElseThrow();
    SweepCommand.Offer alongside = new SweepCommand.Offer("w-1", Optional.of(key));
    reports.tell(new WorkerReport.Room("w-1", key, 5));
    sweep.expectMessage(alongside);
    register("w-2", kit.createTestProbe(WorkerCommand.class));
    sweep.expectMessage(new SweepCommand.Offer("w-2"));
    notice(new SweepNotice.NothingAlike("s", "w-1"));
    sweep.expectNoMessage();
    reports.tell(new WorkerReport.Room("w-1", key, 5));
    sweep.expectMessage(alongside);
  }

  private Lease leaseTo(String id) {
    register(id, worker);
    notice(new SweepNotice.WorkAvailable("s"));
    sweep.expectMessage(new SweepCommand.Offer(id));
    Lease lease = lease(id);
    notice(new SweepNotice.Granted("s", lease, JOB));
    worker.expectMessage(new WorkerCommand.RunLease(lease, JOB));
    return lease;
  }

  private void register(String id, TestProbe<WorkerCommand> probe) {
    reports.tell(new WorkerReport.Register(info(id), probe.ref(), List.of()));
    probe.expectMessage(new WorkerCommand.Registered(id));
  }

  private void notice(SweepNotice notice) {
    dispatcher.tell(new Dispatcher.Noticed(notice));
  }

  private void passes(Duration duration) {
    clock.advance(duration);
    time.timePasses(duration);
  }

  private static WorkerInfo info(String id) {
    return new WorkerInfo(id, "fake", "cpu", 1, null);
  }

  private static Lease lease(String id) {
    return new Lease("s", 0, 1, id, TERM);
  }
}
