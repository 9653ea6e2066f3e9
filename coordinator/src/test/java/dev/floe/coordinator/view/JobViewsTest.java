package dev.floe.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.sweeps.results.JobState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JobViewsTest {
  private static final int LARGE = 1_000_000;

  @Test
  void jobsOfALargeSweep_areComputedWhenSomeoneLooks() {
    AtomicInteger asked = new AtomicInteger();
    JobViews jobs =
        JobViews.pending(
            LARGE,
            index -> {
              asked.incrementAndGet();
              return Map.of("seed", index);
            });
    assertThat(jobs).hasSize(LARGE);
    JobView job = jobs.get(LARGE - 1);
    assertThat(asked).hasValue(0);
    assertThat(job.parameters()).containsEntry("seed", LARGE - 1);
    assertThat(job.parameters()).isEqualTo(Map.of("seed", LARGE - 1));
    assertThat(asked).hasValue(1);
  }

  @Test
  void largeSweep_holdsInFullWhatRunsAndWhatEndedLast() {
    JobViews jobs = JobViews.pending(LARGE, index -> Map.of());
    int ended = JobViews.WINDOW + 100;
    for (int i = 0; i < ended; i++) {
      jobs = jobs.with(i, job(i, JobState.RUNNING)).with(i, job(i, JobState.DONE));
    }
    jobs = jobs.with(ended, job(ended, JobState.RUNNING));
    assertThat(jobs.get(99).report()).isNull();
    assertThat(jobs.get(99).state()).isEqualTo(JobState.DONE);
    assertThat(jobs.get(99).attempts()).isEqualTo(1);
    assertThat(jobs.get(100).report()).isEqualTo(Samples.report());
    assertThat(jobs.count(JobState.DONE)).isEqualTo(ended);
    assertThat(jobs.count(JobState.PENDING)).isEqualTo(LARGE - ended - 1);
    assertThat(jobs.ended(1).cardinality()).isEqualTo(ended);
    assertThat(jobs.shown()).hasSize(JobViews.WINDOW + 1);
    assertThat(jobs.shown().get(0).index()).isEqualTo(ended);
    assertThat(jobs.shown().get(1).index()).isEqualTo(100);
  }

  @Test
  void usualSweep_holdsEverything() {
    JobViews jobs = JobViews.pending(1_000, index -> Map.of());
    for (int i = 0; i < 1_000; i++) {
      jobs = jobs.with(i, job(i, JobState.DONE));
    }
    assertThat(jobs.shown()).hasSize(1_000).allMatch(job -> job.report() != null);
  }

  @Test
  void jobThatRunsAgain_isNotCutDownByItsEarlierEnd() {
    JobViews jobs = JobViews.pending(LARGE, index -> Map.of());
    jobs = jobs.with(0, job(0, JobState.FAILED)).with(0, job(0, JobState.RUNNING));
    for (int i = 1; i <= JobViews.WINDOW; i++) {
      jobs = jobs.with(i, job(i, JobState.DONE));
    }
    assertThat(jobs.get(0)).isEqualTo(job(0, JobState.RUNNING));
  }

  private static JobView job(int index, JobState state) {
    JobReport report = state == JobState.DONE ? Samples.report() : null;
    List<LossPoint> losses = List.of(new LossPoint(1, 2.0));
    return new JobView(index, state, 1, Map.of(), null, null, losses, report, null);
  }
}
