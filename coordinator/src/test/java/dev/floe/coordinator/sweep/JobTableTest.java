package dev.floe.coordinator.sweep;

import static dev.floe.coordinator.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.job.JobSpec;
import dev.floe.sweeps.results.JobState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JobTableTest {
  private static final JobRecord DONE = record(JobState.DONE);

  @Test
  void replacing_leavesTheOldTableAlone() {
    JobTable before = JobTable.of(1000);
    JobTable after = before.with(700, DONE);
    assertThat(before.get(700)).isEqualTo(JobRecord.UNTOUCHED);
    assertThat(after.get(700)).isEqualTo(DONE);
    assertThat(after.get(699)).isEqualTo(JobRecord.UNTOUCHED);
  }

  @Test
  void ended_countsTheBaselineAndEachJobOnce() {
    JobTable table = JobTable.of(1).with(0, DONE).with(0, DONE);
    assertThat(table.ended()).isEqualTo(1);
    assertThat(table.allEnded()).isFalse();
    assertThat(table.with(JobSpec.BASELINE, DONE).allEnded()).isTrue();
    assertThat(table.with(0, record(JobState.PENDING)).ended()).isZero();
  }

  @Test
  void firstDue_isTheBaselineThenTheLowestThatDoesNotWait() {
    assertThat(JobTable.of(300).firstDue(NOON)).contains(JobSpec.BASELINE);
    JobTable running = JobTable.of(300).with(JobSpec.BASELINE, 299, record(JobState.RUNNING));
    assertThat(running.firstDue(NOON)).isEmpty();
    JobTable waiting = running.with(5, waiting(10)).with(200, waiting(20));
    assertThat(waiting.firstDue(NOON)).isEmpty();
    assertThat(waiting.nextRetry(NOON)).contains(NOON.plusSeconds(10));
    assertThat(waiting.firstDue(NOON.plusSeconds(10))).contains(5);
    assertThat(waiting.nextRetry(NOON.plusSeconds(10))).contains(NOON.plusSeconds(20));
    assertThat(waiting.with(250, record(JobState.PENDING)).firstDue(NOON)).contains(250);
  }

  @Test
  void millionJobs_areLeasedAndEndedInLittleTimeAndRoom() {
    int jobs = 1_000_000;
    JobTable table = JobTable.of(jobs);
    long start = System.nanoTime();
    for (int job = JobSpec.BASELINE; job < jobs; job++) {
      assertThat(table.firstDue(NOON).orElseThrow()).isEqualTo(job);
      table = table.with(job, record(JobState.RUNNING)).with(job, DONE);
    }
    assertThat(table.allEnded()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    AtomicInteger stretches = new AtomicInteger();
    table.forEachStretch((first, last, record) -> stretches.incrementAndGet());
    assertThat(stretches).hasValue(1);
  }

  @Test
  void jobBeyondTheSweep_isRefused() {
    assertThatThrownBy(() -> JobTable.of(3).get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> JobTable.of(3).get(-2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static JobRecord waiting(int seconds) {
    return new JobRecord(
        JobState.PENDING, 1, 1, 1, 0, 0, null, NOON.plusSeconds(seconds), null, null);
  }

  private static JobRecord record(JobState state) {
    return new JobRecord(state, 1, 1, 0, 0, 0, null, null, null, null);
  }
}
