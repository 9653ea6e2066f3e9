package dev.floe.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.floe.coordinator.Samples;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PendingUpdatesTest {
  private final PendingUpdates pending = new PendingUpdates();

  @Test
  void progressOfOneJob_mergesToTheLatestWithAllPoints() {
    pending.add(progressed(0, 1));
    pending.add(progressed(1, 1));
    pending.add(progressed(0, 2));
    pending.add(progressed(0, 3));
    assertThat(taken())
        .containsExactly(
            new SweepUpdate.JobProgressed(0, progress(3), List.of(point(1), point(2), point(3))),
            progressed(1, 1));
  }

  @Test
  void changesOfState_areAllKeptInOrder() {
    for (JobState state : List.of(JobState.RUNNING, JobState.PENDING, JobState.RUNNING)) {
      pending.add(changed(0, state));
    }
    assertThat(taken())
        .containsExactly(
            changed(0, JobState.RUNNING),
            changed(0, JobState.PENDING),
            changed(0, JobState.RUNNING));
  }

  @Test
  void changeOfState_overtakesProgressThatWaits() {
    pending.add(progressed(0, 1));
    pending.add(changed(0, JobState.DONE));
    pending.add(progressed(0, 2)); // of the attempt after
    assertThat(taken()).containsExactly(changed(0, JobState.DONE), progressed(0, 2));
  }

  @Test
  void snapshot_replacesWhatWaits() {
    SweepUpdate.Snapshot snapshot = new SweepUpdate.Snapshot(view());
    pending.add(progressed(0, 1));
    pending.add(changed(0, JobState.RUNNING));
    pending.add(snapshot);
    pending.add(progressed(0, 2));
    assertThat(taken()).containsExactly(snapshot, progressed(0, 2));
  }

  @Test
  void progressAfterATake_startsAnew() {
    pending.add(progressed(0, 1));
    assertThat(taken()).containsExactly(progressed(0, 1));
    pending.add(progressed(0, 2));
    assertThat(taken()).containsExactly(progressed(0, 2));
  }

  @Test
  void slowAndFastSubscribers_foldToTheSameView() {
    List<SweepUpdate> updates =
        List.of(
            changed(0, JobState.RUNNING),
            progressed(0, 1),
            progressed(0, 2),
            changed(1, JobState.RUNNING),
            progressed(1, 1),
            progressed(0, 3),
            new SweepUpdate.PhaseChanged(SweepPhase.FINISHED, Samples.NOON));
    SweepView fast = view();
    for (SweepUpdate update : updates) {
      fast = fast.after(update);
      pending.add(update);
    }
    SweepView slow = view();
    for (SweepUpdate update : taken()) {
      slow = slow.after(update);
    }
    assertThat(slow).isEqualTo(fast);
    assertThat(slow.job(0).losses()).containsExactly(point(1), point(2), point(3));
    assertThat(slow.phase()).isEqualTo(SweepPhase.FINISHED);
  }

  @Test
  void lateProgress_changesNothing() {
    SweepView ended = view().after(changed(0, JobState.DONE));
    assertThat(ended.after(progressed(0, 9))).isEqualTo(ended);
  }

  @Test
  void baseline_isAJobButNotCounted() {
    SweepView scored = view().after(changed(-1, JobState.DONE));
    assertThat(scored.job(-1).state()).isEqualTo(JobState.DONE);
    assertThat(scored.count(JobState.DONE)).isZero();
    assertThat(scored.count(JobState.PENDING)).isEqualTo(2);
  }

  private List<SweepUpdate> taken() {
    List<SweepUpdate> taken = new ArrayList<>();
    for (Optional<SweepUpdate> next = pending.poll(); next.isPresent(); next = pending.poll()) {
      taken.add(next.get());
    }
    return taken;
  }

  private static SweepView view() {
    return new SweepView(
        "s",
        "sample",
        "/models/small",
        "/out",
        SweepPhase.RUNNING,
        Samples.NOON,
        null,
        JobView.pending(-1, Map.of()),
        List.of(JobView.pending(0, Map.of()), JobView.pending(1, Map.of())));
  }

  private static SweepUpdate.JobProgressed progressed(int job, int step) {
    return new SweepUpdate.JobProgressed(job, progress(step), List.of(point(step)));
  }

  private static Progress progress(int step) {
    return new Progress(Progress.Phase.TRAINING, step, 10, 1.0 / step, 50);
  }

  private static LossPoint point(int step) {
    return new LossPoint(step, 1.0 / step);
  }

  private static SweepUpdate.JobChanged changed(int job, JobState state) {
    return new SweepUpdate.JobChanged(
        new JobView(job, state, 1, Map.of(), null, null, List.of(), null, null));
  }
}
