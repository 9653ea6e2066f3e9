package dev.floe.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.failure.FailurePolicy;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.lease.Lease;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole coordinators on a real H2 file, with fake workers. */
class CoordinatorTest {
  private static final SweepSpec SPEC = Samples.spec(4);

  @TempDir private Path out;
  private ActorTestKit kit;
  private CoordinatorClient client;

  @AfterEach
  void shutDown() {
    if (kit != null) {
      kit.shutdownTestKit();
    }
  }

  @Test
  void sweep_runsToItsEndAndLeavesItsFiles() throws IOException {
    start();
    spawn(new FakeWorker("w-1", FakeWorker.FINISHES));
    spawn(new FakeWorker("w-2", FakeWorker.FINISHES));
    Submission submission = submit();
    assertThat(submission.resumed()).isFalse();
    assertThat(submission.jobs()).isEqualTo(4);
    done(submission.results());

    SweepResults results = results();
    assertThat(results.baseline().metrics()).containsEntry("test.accuracy", 0.5);
    assertThat(results.jobs()).extracting(JobResult::job).containsExactly(0, 1, 2, 3);
    assertThat(results.jobs()).extracting(JobResult::state).containsOnly(JobState.DONE);
    assertThat(out.resolve("results.csv")).exists();
    assertThat(out.resolve("report.md")).exists();
  }

  @Test
  void restart_runsOnlyWhatIsMissing() throws Exception {
    start();
    FakeWorker first =
        new FakeWorker(
            "w-1",
            (run, worker) ->
                run.lease().job() < 1
                    ? FakeWorker.FINISHES.answer(run, worker)
                    : FakeWorker.HANGS.answer(run, worker));
    spawn(first);
    submit();
    for (int job = JobSpec.BASELINE; job <= 1; job++) {
      assertThat(first.leased.poll(20, TimeUnit.SECONDS).lease().job()).isEqualTo(job);
    }
    kit.shutdownTestKit(); // no goodbye: job 1 is out

    start();
    FakeWorker second = new FakeWorker("w-2", FakeWorker.FINISHES);
    spawn(second);
    Submission resumed = submit();
    assertThat(resumed.resumed()).isTrue();
    assertThat(resumed.ended()).isEqualTo(1);
    done(resumed.results());
    assertThat(second.leased).extracting(run -> run.lease().job()).containsExactly(1, 2, 3);
    assertThat(results().jobs()).extracting(JobResult::attempts).containsExactly(1, 2, 1, 1);
    assertThat(results().jobs()).extracting(JobResult::state).containsOnly(JobState.DONE);
  }

  @Test
  void finishedSweep_submittedAgain_onlyWritesItsFilesAgain() throws IOException {
    start();
    spawn(new FakeWorker("w-1", FakeWorker.FINISHES));
    done(submit().results());
    SweepResults before = results();
    done(client.shutdown());
    kit.shutdownTestKit();
    assertThat(out.resolve(ResultsJson.FILE).toFile().delete()).isTrue();

    start();
    FakeWorker idle = new FakeWorker("w-2", FakeWorker.FINISHES);
    spawn(idle);
    Submission again = submit();
    assertThat(again.ended()).isEqualTo(4);
    done(again.results());
    assertThat(results()).isEqualTo(before);
    assertThat(idle.leased).isEmpty();
  }

  @Test
  void shutdown_takesLeasesBackAtNoCost() throws Exception {
    start();
    FakeWorker hanging = new FakeWorker("w-1", FakeWorker.HANGS);
    spawn(hanging);
    Submission submission = submit();
    assertThat(hanging.leased.poll(20, TimeUnit.SECONDS)).isNotNull();
    done(client.shutdown());
    done(submission.results());
    kit.shutdownTestKit();

    start();
    SweepView view = done(submit().feed().current());
    assertThat(view.phase()).isEqualTo(SweepPhase.RUNNING);
    assertThat(view.baseline().state()).isEqualTo(JobState.PENDING);
    assertThat(view.baseline().attempts()).isZero();
    assertThat(view.baseline().failure()).isNull();
  }

  @Test
  void jobOfAWorkerThatDies_goesElsewhere() throws Exception {
    start();
    FakeWorker dying = new FakeWorker("w-1", FakeWorker.HANGS);
    ActorRef<FakeWorker.Message> actor = spawn(dying);
    Submission submission = submit();
    assertThat(dying.leased.poll(20, TimeUnit.SECONDS).lease().job()).isEqualTo(JobSpec.BASELINE);
    FakeWorker healthy = new FakeWorker("w-2", FakeWorker.FINISHES);
    actor.tell(FakeWorker.Die.INSTANCE);
    spawn(healthy);
    done(submission.results());
    assertThat(healthy.leased)
        .filteredOn(run -> run.lease().job() == JobSpec.BASELINE)
        .extracting(run -> run.lease().attempt())
        .containsExactly(2);
  }

  @Test
  void jobThatFails_isInTheResultsAndTheOthersGoOn() throws IOException {
    start();
    spawn(
        new FakeWorker(
            "w-1",
            (run, worker) ->
                run.lease().job() == 2
                    ? List.of(
                        new WorkerReport.Failed(
                            run.lease(), Samples.failure(JobFailure.Kind.INVALID), worker))
                    : FakeWorker.FINISHES.answer(run, worker)));
    done(submit().results());
    assertThat(results().jobs().get(2).state()).isEqualTo(JobState.FAILED);
    assertThat(results().jobs().get(2).failure()).isEqualTo("it went wrong");
    assertThat(results().jobs()).filteredOn(job -> job.state() == JobState.DONE).hasSize(3);
  }

  @Test
  void shutdownAfterARetry_waitsForItsResults() throws IOException {
    start();
    FakeWorker worker =
        new FakeWorker(
            "w-1",
            (run, self) ->
                run.lease().job() == 2 && run.lease().attempt() == 1
                    ? List.of(
                        new WorkerReport.Failed(
                            run.lease(), Samples.failure(JobFailure.Kind.BUG), self))
                    : FakeWorker.FINISHES.answer(run, self));
    spawn(worker);
    Submission submission = done(client.submit(failingOnce(), out));
    done(submission.results());
    assertThat(results().jobs().get(2).state()).isEqualTo(JobState.FAILED);
    worker.acknowledged.clear();

    Set<JobFailure.Kind> bug = Set.of(JobFailure.Kind.BUG);
    assertThat(done(client.retryFailed(submission.sweep(), bug))).isEqualTo(1);
    assertThat(acknowledged(worker).job()).isEqualTo(2);
    done(client.shutdown());
    assertThat(results().jobs().get(2).state()).isEqualTo(JobState.DONE);
    assertThat(results().jobs().get(2).attempts()).isEqualTo(2);
  }

  private static Lease acknowledged(FakeWorker worker) {
    try {
      return worker.acknowledged.poll(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A sweep whose jobs have one attempt. */
  private static SweepSpec failingOnce() {
    FailurePolicies once =
        new FailurePolicies(Map.of(JobFailure.Kind.BUG, new FailurePolicy(1, 0, 0, 0, 0)), 2);
    return new SweepSpec(
        SPEC.name(),
        SPEC.backbone(),
        SPEC.data(),
        SPEC.adapter(),
        SPEC.train(),
        SPEC.seeds(),
        SPEC.evaluate(),
        SPEC.dtypes(),
        null,
        null,
        once);
  }

  @Test
  void killedProcess_losesNothingThatWasAcknowledged() throws Exception {
    try (OtherProcess killed = OtherProcess.start(DiesAfterTwoJobs.class, out.toString())) {
      assertThat(killed.await()).isEqualTo(DiesAfterTwoJobs.STATUS);
    }
    start();
    FakeWorker worker = new FakeWorker("w-2", FakeWorker.FINISHES);
    spawn(worker);
    Submission resumed = submit();
    assertThat(resumed.resumed()).isTrue();
    assertThat(resumed.ended()).isEqualTo(2);
    done(resumed.results());
    assertThat(worker.leased).extracting(run -> run.lease().job()).containsExactly(2, 3);
    assertThat(results().jobs()).extracting(JobResult::job).containsExactly(0, 1, 2, 3);
  }

  @Test
  void sweepThatWasNeverSubmitted_cannotBeOpened() {
    start();
    assertThatThrownBy(() -> done(client.open("ffffffff")))
        .hasMessageContaining("no sweep ffffffff is known");
    assertThatThrownBy(() -> done(client.pauseSweep("eeeeeeee")))
        .hasMessageContaining("no sweep eeeeeeee is open");
  }

  /** Another process's main: runs the sweep, and is gone when its second job is acknowledged. */
  static final class DiesAfterTwoJobs {
    static final int STATUS = 137;

    private DiesAfterTwoJobs() {}

    public static void main(String[] arguments) throws Exception {
      Path out = Path.of(arguments[0]);
      ActorTestKit kit = ActorTestKit.create(CoordinatorConfig.embedded(out.resolve(".floe")));
      ActorRef<Coordinator.Command> coordinator =
          kit.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED));
      FakeWorker worker =
          new FakeWorker(
              "w-1",
              (run, self) ->
                  run.lease().job() < 2
                      ? FakeWorker.FINISHES.answer(run, self)
                      : FakeWorker.HANGS.answer(run, self));
      kit.spawn(worker.behavior());
      new CoordinatorClient(coordinator, kit.system()).submit(SPEC, out);
      for (int acknowledged = 0; acknowledged < 3; acknowledged++) {
        worker.acknowledged.take(); // the baseline and two jobs
      }
      Runtime.getRuntime().halt(STATUS);
    }
  }

  private void start() {
    kit = ActorTestKit.create(CoordinatorConfig.embedded(out.resolve(".floe")));
    client =
        new CoordinatorClient(
            kit.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED)), kit.system());
  }

  private ActorRef<FakeWorker.Message> spawn(FakeWorker worker) {
    return kit.spawn(worker.behavior());
  }

  private Submission submit() {
    return done(client.submit(SPEC, out));
  }

  private SweepResults results() throws IOException {
    return ResultsJson.read(out.resolve(ResultsJson.FILE));
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
