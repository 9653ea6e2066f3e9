package dev.floe.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.worker.WorkerCommand;
import dev.floe.protocol.worker.WorkerReport;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultLines;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import dev.floe.sweeps.spec.SweepSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps too large to be held in memory, on a real H2 file. */
class LargeSweepTest {
  private static final int JOBS = 6_000;
  private static final int FAILING = 17;
  private static final FakeWorker.Script FINISHES_ALL_BUT_ONE =
      (run, worker) ->
          run.lease().job() == FAILING
              ? List.of(
                  new WorkerReport.Failed(
                      run.lease(), Samples.failure(JobFailure.Kind.INVALID), worker))
              : FakeWorker.FINISHES.answer(run, worker);

  @TempDir private Path out;
  private ActorTestKit kit;
  private CoordinatorClient client;

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void results_areWrittenAndMadeAgainFromTheJournalWhenTheyAreLost() throws IOException {
    start();
    for (int i = 0; i < 50; i++) {
      kit.spawn(new FakeWorker("w-" + i, FINISHES_ALL_BUT_ONE).behavior());
    }
    Submission submission = done(client.submit(Samples.spec(JOBS), out));
    done(submission.results());
    SweepResults results = ResultsJson.read(out.resolve(ResultsJson.FILE));
    assertThat(results.baseline().metrics()).containsEntry("test.accuracy", 0.5);
    assertThat(results.jobs()).hasSize(JOBS);
    for (JobResult job : results.jobs()) {
      boolean fails = job.job() == FAILING;
      assertThat(job.state()).isEqualTo(fails ? JobState.FAILED : JobState.DONE);
      assertThat(job.losses()).hasSize(fails ? 0 : 2);
      assertThat(job.failure()).isEqualTo(fails ? "it went wrong" : null);
      assertThat(job.parameters()).containsEntry("adapter.rank", job.job() + 1);
    }
    done(client.shutdown());
    kit.shutdownTestKit();
    Files.delete(out.resolve(ResultLines.FILE));
    Files.delete(out.resolve(ResultsJson.FILE));

    start();
    done(done(client.submit(Samples.spec(JOBS), out)).results());
    assertThat(ResultsJson.read(out.resolve(ResultsJson.FILE))).isEqualTo(results);
  }

  @Test
  void jobThatWasTriedAgain_countsAsItEndedLast() throws IOException {
    start();
    for (int i = 0; i < 50; i++) {
      kit.spawn(new FakeWorker("w-" + i, LargeSweepTest::failsAtFirst).behavior());
    }
    Submission submission = done(client.submit(Samples.spec(JOBS), out));
    done(submission.results());
    assertThat(result(FAILING).state()).isEqualTo(JobState.FAILED);
    String failedLine =
        lines().stream().filter(LargeSweepTest::isFailing).findFirst().orElseThrow();

    done(client.retryFailed(submission.sweep(), Set.of(JobFailure.Kind.INVALID)));
    done(client.shutdown());
    kit.shutdownTestKit();
    start();
    kit.spawn(new FakeWorker("w-0", LargeSweepTest::failsAtFirst).behavior());
    done(done(client.submit(Samples.spec(JOBS), out)).results());
    assertThat(result(FAILING).state()).isEqualTo(JobState.DONE);
    done(client.shutdown());
    kit.shutdownTestKit();

    // as if the process had died between the journal's word and the last line
    List<String> stale = new ArrayList<>(lines());
    stale.removeIf(LargeSweepTest::isFailing);
    stale.add(failedLine);
    Files.write(out.resolve(ResultLines.FILE), stale);
    start();
    done(done(client.submit(Samples.spec(JOBS), out)).results());
    assertThat(result(FAILING).state()).isEqualTo(JobState.DONE);
    assertThat(result(FAILING).attempts()).isEqualTo(2);
  }

  private static List<WorkerReport> failsAtFirst(
      WorkerCommand.RunLease run, ActorRef<WorkerCommand> worker) {
    return run.lease().attempt() == 1
        ? FINISHES_ALL_BUT_ONE.answer(run, worker)
        : FakeWorker.FINISHES.answer(run, worker);
  }

  private static boolean isFailing(String line) {
    return line.startsWith("{\"job\":" + FAILING + ",");
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(out.resolve(ResultLines.FILE));
  }

  private JobResult result(int job) throws IOException {
    return ResultsJson.read(out.resolve(ResultsJson.FILE)).jobs().get(job);
  }

  @Test
  void millionJobs_areSubmittedInUnderASecond() {
    start();
    done(client.submit(Samples.spec(1), out.resolve("warm-up")));
    SweepSpec million = millionJobs();
    Instant start = Instant.now();
    Submission submission = done(client.submit(million, out));
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(1));
    assertThat(submission.jobs()).isEqualTo(1_000_000);
    SweepView view = done(submission.feed().current());
    assertThat(view.count(JobState.PENDING)).isEqualTo(1_000_000);
  }

  /** 1,000 ranks, each with 1,000 seeds. */
  private static SweepSpec millionJobs() {
    SweepSpec ranks = Samples.spec(1_000);
    return new SweepSpec(
        ranks.name(),
        ranks.backbone(),
        ranks.data(),
        ranks.adapter(),
        ranks.train(),
        LongStream.range(0, 1_000).boxed().toList(),
        ranks.evaluate(),
        ranks.dtypes());
  }

  private void start() {
    kit = ActorTestKit.create(CoordinatorConfig.embedded(out.resolve(".floe")));
    client =
        new CoordinatorClient(
            kit.spawn(Coordinator.create(CoordinatorSettings.EMBEDDED)), kit.system());
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
