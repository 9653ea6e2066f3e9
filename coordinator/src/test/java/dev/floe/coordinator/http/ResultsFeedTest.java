package dev.floe.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.sweeps.results.JobResult;
import dev.floe.sweeps.results.JobState;
import dev.floe.sweeps.results.ResultsJson;
import dev.floe.sweeps.results.SweepResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFeedTest {
  @TempDir Path directory;

  @Test
  void interruptedRun_isStoppedWithWhatWasReached() throws Exception {
    write(done(0), unfinished(1, JobState.RUNNING));

    SweepView view = view();
    assertThat(view.phase()).isEqualTo(SweepPhase.STOPPED);
    assertThat(view.baseline().report().metrics()).containsEntry("test.accuracy", 0.1);
    assertThat(view.job(0).losses()).containsExactly(new LossPoint(1, 2.0), new LossPoint(2, 1.5));
    assertThat(view.job(0).report().metrics()).containsEntry("test.accuracy", 0.5);
    assertThat(view.job(1).state()).isEqualTo(JobState.PENDING);
  }

  @Test
  void finishedRun_keepsWhyAJobFailed() throws Exception {
    write(
        done(0),
        JobResult.failed(
            1, Map.of(), JobState.FAILED, 3, new JobFailure(JobFailure.Kind.BUG, "no memory", "")));

    SweepView view = view();
    assertThat(view.phase()).isEqualTo(SweepPhase.FINISHED);
    assertThat(view.job(1).failure().message()).isEqualTo("no memory");
    assertThat(view.job(1).attempts()).isEqualTo(3);
  }

  @Test
  void directoryWithoutResults_oneLineSaysWhatToGive() {
    assertThatThrownBy(() -> ResultsFeed.of(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no results.json");
  }

  @Test
  void brokenFile_oneLineNamesIt() throws IOException {
    Files.writeString(directory.resolve(ResultsJson.FILE), "{\"sweep\":");
    assertThatThrownBy(() -> ResultsFeed.of(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a results file");
  }

  private SweepView view() throws Exception {
    return ResultsFeed.of(directory).current().toCompletableFuture().get();
  }

  private void write(JobResult... jobs) throws IOException {
    SweepResults.Baseline baseline = new SweepResults.Baseline(Map.of("test.accuracy", 0.1));
    ResultsJson.write(
        directory.resolve(ResultsJson.FILE),
        new SweepResults("small", "s1", "/backbone", baseline, List.of(jobs)));
  }

  private static JobResult done(int index) {
    JobReport report =
        new JobReport(
            JobReport.Outcome.DONE,
            512,
            List.of(2.0, 1.5),
            Map.of("test.accuracy", 0.5),
            3,
            900,
            "/out/adapters/0");
    return JobResult.reported(index, Map.of("adapter.type", "lora"), 1, report);
  }

  private static JobResult unfinished(int index, JobState state) {
    return JobResult.unfinished(index, Map.of("adapter.type", "lora"), state, 1);
  }
}
