package dev.floe.coordinator.sweep;

import dev.floe.coordinator.view.JobView;
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
        job(state, expansion, JobSpec.BASELINE),
        IntStream.range(0, expansion.size()).mapToObj(i -> job(state, expansion, i)).toList());
  }

  static JobView job(SweepState state, Expansion expansion, int index) {
    JobRecord record = state.jobs().get(index);
    Map<String, Object> parameters =
        index == JobSpec.BASELINE ? Map.of() : expansion.parameters(index);
    return new JobView(
        index,
        record.state(),
        record.starts(),
        parameters,
        record.worker(),
        null,
        record.report() == null ? List.of() : curve(record.report()),
        record.report(),
        record.failure());
  }

  /** What an event changed, seen from outside. */
  static SweepUpdate update(SweepEvent event, SweepState after, Expansion expansion) {
    if (event instanceof SweepEvent.OfJob ofJob) {
      return new SweepUpdate.JobChanged(job(after, expansion, ofJob.job()));
    }
    return event instanceof SweepEvent.SweepSubmitted
        ? new SweepUpdate.Snapshot(sweep(after, expansion))
        : new SweepUpdate.PhaseChanged(after.phase(), after.finished());
  }

  private static List<LossPoint> curve(JobReport report) {
    List<Double> losses = report.losses();
    return IntStream.range(0, losses.size())
        .mapToObj(i -> new LossPoint(i + 1, losses.get(i)))
        .toList();
  }
}
