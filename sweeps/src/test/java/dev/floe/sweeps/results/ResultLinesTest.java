package dev.floe.sweeps.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.report.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLinesTest {
  @TempDir Path directory;

  @Test
  void export_isWhatWritingAllAtOnceWouldHaveGiven() throws IOException {
    SweepResults all = SampleResults.sweep();
    List<JobResult> disordered = new ArrayList<>(all.jobs());
    Collections.reverse(disordered);
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      lines.append(disordered);
      lines.export(all, all.jobs().size(), first(all.jobs().size()), ResultLinesTest::pending);
    }
    Path plain = directory.resolve("plain.json");
    ResultsJson.write(plain, all);
    assertThat(exported()).isEqualTo(ResultsJson.read(plain));
  }

  @Test
  void thousandsOfJobsInAnyOrder_comeOutInOrder() throws IOException {
    int jobs = 20_000;
    SweepResults sweep = new SweepResults("s", "i", "b", null, List.of());
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      for (int i = 0; i < jobs - 1; i++) {
        lines.append(List.of(done((int) (i * 7919L % jobs))));
      }
      lines.export(sweep, jobs, first(jobs), ResultLinesTest::pending);
    }
    SweepResults read = exported();
    int last = (int) ((jobs - 1) * 7919L % jobs);
    for (int i = 0; i < jobs; i++) {
      assertThat(read.jobs().get(i)).isEqualTo(i == last ? pending(i) : done(i));
    }
  }

  @Test
  void laterLineOfTheSameJob_counts() throws IOException {
    SweepResults sweep = new SweepResults("s", "i", "b", null, List.of());
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      lines.append(List.of(failed(0), done(0)));
      lines.export(sweep, 1, first(1), ResultLinesTest::pending);
    }
    assertThat(exported().jobs()).containsExactly(done(0));
  }

  @Test
  void lineOfAJobThatIsTriedAgain_doesNotHold() throws IOException {
    SweepResults sweep = new SweepResults("s", "i", "b", null, List.of());
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      lines.append(List.of(done(0), failed(1)));
      lines.export(sweep, 2, first(1), ResultLinesTest::pending);
    }
    assertThat(exported().jobs()).containsExactly(done(0), pending(1));
  }

  @Test
  void latest_isTheLastLineOfEachJobThatIsAskedFor() throws IOException {
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      lines.append(List.of(failed(2), done(1), done(0), done(2), failed(0)));
      BitSet asked = new BitSet();
      asked.set(0);
      asked.set(2, 4);
      assertThat(lines.latest(asked)).containsExactly(failed(0), done(2));
      assertThat(lines.latest(new BitSet())).isEmpty();
    }
  }

  @Test
  void lineCutOffByAKilledProcess_isTakenAway() throws IOException {
    try (ResultLines lines = ResultLines.open(directory, new BitSet())) {
      lines.append(List.of(done(3), done(5)));
    }
    Path file = directory.resolve(ResultLines.FILE);
    String whole = Files.readString(file);
    Files.writeString(file, "{\"job\":7,\"par", StandardOpenOption.APPEND);
    BitSet present = new BitSet();
    ResultLines.open(directory, present).close();
    assertThat(present.stream().boxed()).containsExactly(3, 5);
    assertThat(file).hasContent(whole.strip());
  }

  @Test
  void anotherFileOfThatName_isOneClearLine() throws IOException {
    Path file = Files.writeString(directory.resolve(ResultLines.FILE), "hello\n");
    assertThatThrownBy(() -> ResultLines.open(directory, new BitSet()))
        .hasMessage(
            file + ": the line at byte 0 is no result: move the file away, and it is made again");
  }

  private SweepResults exported() throws IOException {
    return ResultsJson.read(directory.resolve(ResultsJson.FILE));
  }

  private static BitSet first(int jobs) {
    BitSet first = new BitSet();
    first.set(0, jobs);
    return first;
  }

  private static JobResult failed(int job) {
    return JobResult.failed(
        job,
        Map.of(),
        JobState.FAILED,
        1,
        new JobFailure(JobFailure.Kind.BUG, "it went wrong", ""));
  }

  private static JobResult pending(int job) {
    return JobResult.unfinished(job, Map.of("seed", job), JobState.PENDING, 0);
  }

  private static JobResult done(int job) {
    return new JobResult(
        job,
        Map.of("seed", job),
        JobState.DONE,
        1,
        64L,
        0.5,
        Collections.nCopies(job % 200, 0.5),
        Map.of(),
        1.0,
        100.0,
        "/out/" + job,
        null,
        null,
        null,
        null);
  }
}
