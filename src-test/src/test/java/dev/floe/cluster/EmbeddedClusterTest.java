package dev.floe.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Coordinator;
import dev.floe.coordinator.CoordinatorClient;
import dev.floe.coordinator.CoordinatorConfig;
import dev.floe.coordinator.CoordinatorSettings;
import dev.floe.coordinator.Submission;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.EvaluateSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.Progress;
import dev.floe.protocol.worker.WorkerInfo;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import dev.floe.sweeps.spec.TrainAxes;
import dev.floe.worker.node.DeviceWorker;
import dev.floe.worker.node.JobRunner;
import dev.floe.worker.node.JobStoppedException;
import dev.floe.worker.node.RunControl;
import dev.floe.worker.node.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real coordinator and a real device worker in one process; only the training is made up. */
class EmbeddedClusterTest {
  private static final int JOBS = 3;
  private static final JobReport REPORT =
      new JobReport(
          JobReport.Outcome.DONE, 8, List.of(2.0, 1.0), Map.of("test.accuracy", 0.5), 1, 9, null);

  @TempDir private Path out;
  private ActorTestKit kit;
  private CoordinatorClient client;

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void lossesOfARunningJob_reachASubscriberWhileItRuns() {
    CountDownLatch seen = new CountDownLatch(1);
    start(
        (job, control) -> {
          control.progress(new Progress(Progress.Phase.TRAINING, 1, 2, 2.0, 50));
          if (job.index() == 0) {
            await(seen);
          }
          return REPORT;
        });
    Submission submission = submit();
    CompletionStage<SweepView> last =
        submission
            .feed()
            .updates()
            .map(
                update -> {
                  if (update instanceof SweepUpdate.JobProgressed progressed
                      && progressed.index() == 0
                      && !progressed.losses().isEmpty()) {
                    seen.countDown();
                  }
                  return update;
                })
            .runWith(
                Sink.<SweepView, SweepUpdate>fold(
                    null,
                    (view, update) ->
                        update instanceof SweepUpdate.Snapshot first
                            ? first.view()
                            : view.after(update)),
                kit.system());
    done(submission.results());
    assertThat(done(last).count(JobState.DONE)).isEqualTo(JOBS);
    assertThat(done(last)).isEqualTo(done(submission.feed().current()));
  }

  @Test
  void drainedSweep_goesOnWhereItWasWithoutACountedAttempt() throws IOException {
    CountDownLatch running = new CountDownLatch(1);
    Queue<RunControl.StopReason> reasons = new ConcurrentLinkedQueue<>();
    start(
        (job, control) -> {
          if (job.index() < 1) {
            return REPORT;
          }
          running.countDown();
          while (control.stopRequested().isEmpty()) {
            Thread.onSpinWait();
          }
          reasons.add(control.stopRequested().orElseThrow());
          throw new JobStoppedException();
        });
    submit();
    await(running);
    long before = System.nanoTime();
    done(client.shutdown());
    kit.shutdownTestKit();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    assertThat(reasons).containsExactly(RunControl.StopReason.DRAIN);

    Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    start(
        (job, control) -> {
          ran.add(job.index());
          return REPORT;
        });
    Submission resumed = submit();
    assertThat(resumed.ended()).isEqualTo(1);
    done(resumed.results());
    assertThat(ran).containsExactly(1, 2);
    assertThat(ResultsJson.read(out.resolve(ResultsJson.FILE)).jobs())
        .extracting(JobResult::attempts)
        .containsExactly(1, 1, 1);
  }

  private void start(JobRunner runner) {
    kit = ActorTestKit.create(CoordinatorConfig.embedded(out.resolve(".floe")));
    client =
        new CoordinatorClient(
            kit.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED)), kit.system());
    kit.spawn(
        DeviceWorker.create(
            new WorkerInfo("w-1", "a processor", "cpu", 2, null), runner, WorkerSettings.DEFAULT));
  }

  private Submission submit() {
    SweepSpec spec =
        new SweepSpec(
            "sample",
            "/models/small",
            new DataSpec("/data/train.json", List.of(), "alpaca", 64, true, true),
            new AdapterAxes(
                List.of(AdapterType.LORA),
                List.of(Placement.ofRole("attention")),
                List.of(1, 2, 3),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()),
            new TrainAxes(
                List.of(1),
                List.of(),
                List.of(4),
                List.of(),
                List.of(1e-3),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()),
            List.of(0L),
            new EvaluateSpec("greedy", 8));
    return done(client.submit(spec, out));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
