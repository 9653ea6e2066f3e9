package dev.floe.coordinator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.floe.protocol.job.JobSpec;
import dev.floe.sweeps.results.JobState;
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
  void first_looksAtTheBaselineFirst() {
    assertThat(JobTable.of(300).first(job -> true)).isEqualTo(JobSpec.BASELINE);
    assertThat(JobTable.of(300).with(299, DONE).first(DONE::equals)).isEqualTo(299);
    assertThat(JobTable.of(300).first(DONE::equals)).isNull();
  }

  @Test
  void jobBeyondTheSweep_isRefused() {
    assertThatThrownBy(() -> JobTable.of(3).get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> JobTable.of(3).get(-2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static JobRecord record(JobState state) {
    return new JobRecord(state, 1, 1, 0, 0, 0, null, null, null, null);
  }
}
