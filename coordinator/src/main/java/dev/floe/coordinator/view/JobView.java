package dev.floe.coordinator.view;

import dev.floe.protocol.job.JobSpec;
import dev.floe.protocol.report.JobFailure;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import dev.floe.sweeps.results.JobState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job as a page or a terminal shows it.
 *
 * @param index position in the sweep's expansion; {@link JobSpec#BASELINE} for the frozen backbone
 * @param attempts how often the job was started, attempts that were handed back not counted
 * @param parameters such as {@code adapter.rank} → 16, in the sweep file's order; empty for the
 *     baseline
 * @param worker id of the worker that runs it; null unless running
 * @param progress where the running attempt stands; null unless running and heard from
 * @param losses the curve: so far while running, whole once reported. Steps may be missing while
 *     running
 * @param report what came of it; null unless done or diverged
 * @param failure the last failure, kept while the job waits for its retry; null when there is none
 */
public record JobView(
    int index,
    JobState state,
    int attempts,
    Map<String, Object> parameters,
    String worker,
    Progress progress,
    List<LossPoint> losses,
    JobReport report,
    JobFailure failure) {
  public JobView {
    if (state == null) {
      throw new IllegalArgumentException("job " + index + " needs its state");
    }
    parameters =
        parameters instanceof LazyParameters
            ? parameters
            : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    losses = List.copyOf(losses);
  }

  /** A job that nothing has happened to yet. */
  public static JobView pending(int index, Map<String, Object> parameters) {
    return new JobView(index, JobState.PENDING, 0, parameters, null, null, List.of(), null, null);
  }

  public boolean baseline() {
    return index == JobSpec.BASELINE;
  }

  /** The last loss of the curve; NaN before the first step. */
  public double latestLoss() {
    return losses.isEmpty() ? Double.NaN : losses.get(losses.size() - 1).loss();
  }

  /** The same job, further on: new progress, and the curve's next points. */
  JobView with(Progress latest, List<LossPoint> more) {
    return new JobView(
        index,
        state,
        attempts,
        parameters,
        worker,
        latest,
        LossCurve.append(losses, more),
        report,
        failure);
  }
}
