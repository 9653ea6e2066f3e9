package dev.floe.worker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.BundleKey;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.job.TrainSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.protocol.worker.WorkerReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceWorkerTest {
  private static final Duration TERM = Duration.ofSeconds(30);
  private static final WorkerSettings SETTINGS =
      new WorkerSettings(Duration.ofSeconds(1), Duration.ofSeconds(5));

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final FakeRunner runner = new FakeRunner();
  private TestProbe<WorkerReport> coordinator;
  private ActorRef<DeviceWorker.Message> actor;
  private ActorRef<WorkerCommand> worker;

  @BeforeEach
  void startAndRegister() {
    coordinator = appear();
    actor = kit.spawn(DeviceWorker.create(info("w-1"), runner, SETTINGS));
    worker = coordinator.expectMessageClass(WorkerReport.Register.class).worker();
    worker.tell(new WorkerCommand.Registered("w-1"));
  }

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void jobThatEnds_isReportedUntilAcknowledged() {
    runner.next(control -> FakeRunner.REPORT);
    run(1);

    WorkerReport.Finished finished = ending(WorkerReport.Finished.class);
    assertThat(finished.lease()).isEqualTo(lease(1));
    assertThat(finished.report()).isEqualTo(FakeRunner.REPORT);

    time.timePasses(SETTINGS.resend());
    coordinator.expectMessage(finished);
    worker.tell(new WorkerCommand.ReportReceived(lease(1)));
    time.expectNoMessageFor(SETTINGS.resend().multipliedBy(2), coordinator);
  }

  @Test
  void runningJob_heartbeatsWithLatestProgressAndEachLossOnce() {
    LinkedBlockingQueue<Progress> steps = new LinkedBlockingQueue<>();
    CountDownLatch told = new CountDownLatch(2);
    runner.next(
        control -> {
          for (int i = 0; i < 2; i++) {
            control.progress(steps.take());
            told.countDown();
          }
          while (control.stopRequested().isEmpty()) {
            Thread.onSpinWait();
          }
          throw new JobStoppedException();
        });
    accept(1);
    steps.add(training(1, 2.5));
    steps.add(training(2, 2.25));
    await(told);

    time.timePasses(SETTINGS.heartbeat());
    coordinator.expectMessage(
        new WorkerReport.Heartbeat(
            lease(1), training(2, 2.25), List.of(new LossPoint(1, 2.5), new LossPoint(2, 2.25))));
    time.timePasses(SETTINGS.heartbeat());
    coordinator.expectMessage(new WorkerReport.Heartbeat(lease(1), training(2, 2.25), List.of()));
  }

  @Test
  void busyWorker_handsSecondLeaseBack() {
    runner.nextRunsUntilStopped();
    accept(1);
    run(2);
    assertThat(returned()).isEqualTo(lease(2));
  }

  @Test
  void leaseToldTwice_runsOnce() {
    runner.next(control -> FakeRunner.REPORT);
    runner.next(
        control -> {
          throw new AssertionError("ran a second time");
        });
    run(1);
    ending(WorkerReport.Finished.class);
    worker.tell(new WorkerCommand.RunLease(lease(1), job()));
    coordinator.expectNoMessage();
    assertThat(runner.threads).hasSize(1);
  }

  @Test
  void drain_stopsTheJobWithDrainAndHandsItBack() {
    runner.nextRunsUntilStopped();
    accept(1);
    worker.tell(new WorkerCommand.Drain());

    coordinator.expectMessage(new WorkerReport.Leaving("w-1"));
    assertThat(returned()).isEqualTo(lease(1));
    assertThat(runner.stopped).containsExactly(RunControl.StopReason.DRAIN);
    worker.tell(new WorkerCommand.RunLease(lease(2), job()));
    assertThat(returned()).isEqualTo(lease(2));
  }

  @Test
  void cancel_stopsTheJobWithoutCheckpoint() {
    runner.nextRunsUntilStopped();
    accept(1);
    worker.tell(new WorkerCommand.CancelLease(lease(9), false)); // another's: no effect
    worker.tell(new WorkerCommand.CancelLease(lease(1), false));
    assertThat(returned()).isEqualTo(lease(1));
    assertThat(runner.stopped).containsExactly(RunControl.StopReason.CANCEL);
  }

  @Test
  void checkpointNow_isReadOnce() {
    LinkedBlockingQueue<Boolean> second = new LinkedBlockingQueue<>();
    runner.next(
        control -> {
          while (!control.checkpointRequested()) {
            Thread.onSpinWait();
          }
          second.add(control.checkpointRequested());
          return FakeRunner.REPORT;
        });
    accept(1);
    worker.tell(new WorkerCommand.CheckpointNow(lease(1)));
    assertThat(ending(WorkerReport.Finished.class).report()).isEqualTo(FakeRunner.REPORT);
    assertThat(second).containsExactly(false);
  }

  @Test
  void allJobs_runOnOneNamedThread_evenAfterErrors() {
    runner.next(
        control -> {
          throw new StackOverflowError();
        });
    runner.next(control -> FakeRunner.REPORT);
    run(1);
    ending(WorkerReport.Failed.class);
    run(2);
    ending(WorkerReport.Finished.class);
    assertThat(runner.threads).hasSize(2);
    assertThat(runner.threads.get(0)).isSameAs(runner.threads.get(1));
    assertThat(runner.threads.get(0).getName()).isEqualTo("floe-device-w-1");
  }

  @Test
  void typedFailure_keepsItsKind() {
    JobFailure invalid = new JobFailure(JobFailure.Kind.INVALID, "no module nope_proj", "");
    runner.next(
        control -> {
          throw new JobFailedException(invalid);
        });
    run(1);
    assertThat(ending(WorkerReport.Failed.class).failure()).isEqualTo(invalid);
  }

  @Test
  void coordinatorThatAppearsLater_hearsWhatIsHeldAndWhatIsNotAcknowledged() {
    runner.next(control -> FakeRunner.REPORT);
    run(1);
    WorkerReport.Finished unacknowledged = ending(WorkerReport.Finished.class);
    runner.nextRunsUntilStopped();
    accept(2);

    coordinator.stop();
    TestProbe<WorkerReport> next = appear();
    WorkerReport.Register again = next.expectMessageClass(WorkerReport.Register.class);
    assertThat(again.held()).containsExactly(lease(2));
    assertThat(again.info().backbone()).isEqualTo("/models/small");
    next.expectMessage(unacknowledged);
  }

  @Test
  void registration_isRepeatedUntilAnswered() {
    kit.spawn(DeviceWorker.create(info("w-2"), runner, SETTINGS));
    coordinator.expectMessageClass(WorkerReport.Register.class);
    time.timePasses(SETTINGS.resend());
    assertThat(coordinator.expectMessageClass(WorkerReport.Register.class).info().id())
        .isEqualTo("w-2");
  }

  @Test
  void workerThatIsStopped_asksItsJobToStop() throws InterruptedException {
    runner.nextRunsUntilStopped();
    accept(1);
    kit.stop(actor);
    assertThat(runner.stopped.poll(20, TimeUnit.SECONDS)).isEqualTo(RunControl.StopReason.CANCEL);
  }

  @Test
  void jobThatMakesNoProgress_failsAsHungAndItsWorkerEndsOnceThatIsKnown() {
    AtomicLong now = new AtomicLong();
    CountDownLatch left = new CountDownLatch(1);
    CountDownLatch training = new CountDownLatch(1);
    FakeRunner stuck = new FakeRunner();
    stuck.next(
        control -> {
          control.progress(training(1, 2));
          now.addAndGet(Duration.ofSeconds(1).toNanos());
          control.progress(training(2, 2));
          training.countDown();
          new CountDownLatch(1).await(); // a native call that does not come back
          return FakeRunner.REPORT;
        });
    StallRule rule =
        new StallRule(5, Duration.ofSeconds(1), TERM, Duration.ofMinutes(9), Duration.ofMinutes(9));
    ActorRef<DeviceWorker.Message> hanging =
        kit.spawn(
            DeviceWorker.create(
                info("w-2"),
                stuck,
                new WorkerSettings(SETTINGS.heartbeat(), SETTINGS.resend(), rule),
                left::countDown,
                now::get));
    ActorRef<WorkerCommand> its =
        coordinator.expectMessageClass(WorkerReport.Register.class).worker();
    its.tell(new WorkerCommand.Registered("w-2"));
    its.tell(new WorkerCommand.RunLease(lease(1), job()));
    coordinator.expectMessage(new WorkerReport.Accepted(lease(1)));
    await(training);

    now.addAndGet(Duration.ofMillis(4900).toNanos());
    time.timePasses(SETTINGS.heartbeat());
    coordinator.expectMessageClass(WorkerReport.Heartbeat.class); // slow is not hung
    now.addAndGet(Duration.ofMillis(200).toNanos());
    time.timePasses(SETTINGS.heartbeat());
    coordinator.expectMessage(new WorkerReport.Leaving("w-2"));
    WorkerReport.Failed failed = coordinator.expectMessageClass(WorkerReport.Failed.class);
    assertThat(failed.failure().kind()).isEqualTo(JobFailure.Kind.HUNG);
    assertThat(failed.failure().message())
        .isEqualTo(
            "no progress for 5.1 s while training, 5.0 s allowed; a step usually takes 1.0 s");
    assertThat(left.getCount()).isOne();
    its.tell(new WorkerCommand.ReportReceived(lease(1)));
    await(left);
    coordinator.expectTerminated(hanging);
  }

  @Test
  void jobThatRunsAlong_isTakenWhileThereIsRoom_andEachEndsForItself() {
    BundleKey key = BundleKey.of(tuned(0)).orElseThrow();
    runner.nextBundle(
        feed -> {
          LeasedJob first = feed.next(Duration.ZERO).orElseThrow();
          feed.roomFor(key, 1);
          LeasedJob second = feed.next(Duration.ofSeconds(20)).orElseThrow();
          first.threw(new IllegalStateException("boom"));
          second.finished(FakeRunner.REPORT);
        });
    worker.tell(new WorkerCommand.RunLease(lease(0, 1), tuned(0)));
    coordinator.expectMessage(new WorkerReport.Accepted(lease(0, 1)));
    coordinator.expectMessage(new WorkerReport.Room("w-1", key, 1));
    worker.tell(new WorkerCommand.RunLease(lease(3, 1), job())); // of another kind
    assertThat(returned()).isEqualTo(lease(3, 1));
    worker.tell(new WorkerCommand.RunLease(lease(1, 1), tuned(1)));

    WorkerReport.Failed failed = ending(WorkerReport.Failed.class);
    assertThat(failed.lease()).isEqualTo(lease(0, 1));
    assertThat(failed.failure().message()).isEqualTo("IllegalStateException: boom");
    assertThat(ending(WorkerReport.Finished.class).lease()).isEqualTo(lease(1, 1));
  }

  @Test
  void runnerThatThrows_failsWhatItHadTaken() {
    runner.nextBundle(
        feed -> {
          feed.next(Duration.ZERO);
          throw new IllegalStateException("the bundle broke");
        });
    worker.tell(new WorkerCommand.RunLease(lease(0, 1), tuned(0)));
    assertThat(ending(WorkerReport.Failed.class).failure().message()).contains("the bundle broke");
  }

  private static Lease lease(int job, int attempt) {
    return new Lease("s-1", job, attempt, "w-1", Duration.ofSeconds(30));
  }

  private static JobSpec tuned(int index) {
    JobSpec like = job();
    return new JobSpec(
        index,
        like.backbone(),
        like.data(),
        AdapterSpec.Prefix.plain(2 + index),
        like.train(),
        like.evaluate(),
        like.seed(),
        "/out/adapters/" + index,
        "/out/checkpoints/" + index,
        like.dtype());
  }

  private TestProbe<WorkerReport> appear() {
    TestProbe<WorkerReport> probe = kit.createTestProbe(WorkerReport.class);
    kit.system().receptionist().tell(Receptionist.register(WorkerReport.COORDINATOR, probe.ref()));
    return probe;
  }

  private void run(int attempt) {
    worker.tell(new WorkerCommand.RunLease(lease(attempt), job()));
  }

  private void accept(int attempt) {
    worker.tell(new WorkerCommand.RunLease(lease(attempt), job()));
    coordinator.expectMessage(new WorkerReport.Accepted(lease(attempt)));
  }

  private Lease returned() {
    return ending(WorkerReport.Returned.class).lease();
  }

  /** The next message that is not about a job that goes on. */
  private <T extends WorkerReport> T ending(Class<T> type) {
    WorkerReport report = coordinator.receiveMessage();
    while (report instanceof WorkerReport.Accepted || report instanceof WorkerReport.Heartbeat) {
      report = coordinator.receiveMessage();
    }
    assertThat(report).isInstanceOf(type);
    return type.cast(report);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Progress training(int step, double loss) {
    return new Progress(Progress.Phase.TRAINING, step, 10, loss, 100);
  }

  private static WorkerInfo info(String id) {
    return new WorkerInfo(id, "a processor", "cpu", 2, null);
  }

  private static Lease lease(int attempt) {
    return new Lease("s-1", 0, attempt, "w-1", Duration.ofSeconds(30));
  }

  private static JobSpec job() {
    return new JobSpec(
        0,
        "/models/small",
        new DataSpec("/data/train.json", List.of(), "alpaca", 256, true, true),
        new AdapterSpec.Untuned(),
        new TrainSpec(1, 0, 16, 4, 3e-4, 20, 0, 1, null, 0, false),
        new EvaluateSpec("greedy", 32),
        7,
        "/out/adapters/0",
        "/out/checkpoints/0",
        null);
  }
}
