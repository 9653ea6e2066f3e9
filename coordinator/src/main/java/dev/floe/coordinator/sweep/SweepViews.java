package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.JobViews;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.sweeps.expand.Expansion;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How a sweep's state looks from outside. */
final class SweepViews {
  private SweepViews() {}

  static SweepView sweep(SweepState state, Expansion expansion) {
    return new SweepView(
        state.submitted().id(),
        expansion.spec().name(),
        expansion.spec().backbone(),
        state.submitted().outputDirectory(),
        state.phase(),
        state.submitted().at(),
        state.finished(),
        job(JobSpec.BASELINE, state.jobs().get(JobSpec.BASELINE), expansion),
        jobs(state, expansion));
  }

  private static JobViews jobs(SweepState state, Expansion expansion) {
    JobViews[] jobs = {JobViews.pending(expansion.size(), expansion::parameters)};
    state
        .jobs()
        .forEachStretch(
            (first, last, record) -> {
              int from = Math.max(0, first); // the baseline is not among them
              if (from <= last && !record.equals(JobRecord.UNTOUCHED)) {
                jobs[0] = jobs[0].with(from, last, job(from, record, expansion));
              }
            });
    return jobs[0];
  }

  /** What an event changed, seen from outside. */
  static SweepUpdate update(SweepEvent event, SweepState after, Expansion expansion) {
    if (event instanceof SweepEvent.OfJob ofJob) {
      JobRecord record = after.jobs().get(ofJob.job());
      return new SweepUpdate.JobChanged(job(ofJob.job(), record.recalling(ofJob), expansion));
    }
    boolean changesMany =
        event instanceof SweepEvent.SweepSubmitted
            || event instanceof SweepEvent.SweepResumed
            || event instanceof SweepEvent.SweepCancelled;
    return changesMany
        ? new SweepUpdate.Snapshot(sweep(after, expansion))
        : new SweepUpdate.PhaseChanged(after.phase(), after.finished());
  }

  private static JobView job(int index, JobRecord record, Expansion expansion) {
    return new JobView(
        index,
        record.state(),
        record.starts(),
        index == JobSpec.BASELINE ? Map.of() : expansion.parameters(index),
        record.worker(),
        null,
        record.report() == null ? List.of() : curve(record.report()),
        record.report(),
        record.failure());
  }

  private static List<LossPoint> curve(JobReport report) {
    List<Double> losses = report.losses();
    return IntStream.range(0, losses.size())
        .mapToObj(i -> new LossPoint(i + 1, losses.get(i)))
        .toList();
  }
}
