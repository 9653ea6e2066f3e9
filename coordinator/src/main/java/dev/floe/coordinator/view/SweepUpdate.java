package dev.floe.coordinator.view;

import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import java.time.Instant;
import java.util.List;

/** What changed in a sweep. {@link SweepView#after} folds updates into views. */
public sealed interface SweepUpdate {

  /** The whole picture: a subscription's first element, later ones hold everything before them. */
  record Snapshot(SweepView view) implements SweepUpdate {}

  /** A job entered a state, or its attempts, report or failure changed. */
  record JobChanged(JobView job) implements SweepUpdate {}

  /**
   * A running job went on. A slow subscriber gets several of these as one: the latest progress and
   * all points of the curve since its last.
   *
   * @param index the job
   * @param losses points of the curve since the update before; may be empty
   */
  record JobProgressed(int index, Progress progress, List<LossPoint> losses)
      implements SweepUpdate {
    public JobProgressed {
      losses = List.copyOf(losses);
    }

    /** This update and a later one of the same job as one. */
    JobProgressed and(JobProgressed later) {
      return new JobProgressed(index, later.progress(), LossCurve.append(losses, later.losses()));
    }
  }

  /**
   * The sweep started, stopped or finished.
   *
   * @param finished when; null unless the phase is {@link SweepPhase#FINISHED}
   */
  record PhaseChanged(SweepPhase phase, Instant finished) implements SweepUpdate {}
}
