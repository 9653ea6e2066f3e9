package dev.floe.coordinator.http;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Estimates when a sweep ends from how fast its work went since it was first looked at, so that a
 * pause before a resumed run does not count. Until enough was seen, from the time since submission.
 */
final class TimeLeft {
  /** The share of the work that must have been seen going by before its pace is trusted. */
  private static final double SEEN = 0.05;

  /** What evaluation adds to a job's training, as a share of the whole job. */
  private static final double EVALUATION = 0.2;

  private final Clock clock;
  private Instant firstSeen;
  private double firstShare;

  TimeLeft(Clock clock) {
    this.clock = clock;
  }

  /** Seconds until the last job ends; empty when nothing can be said yet. */
  synchronized OptionalDouble seconds(SweepView view) {
    if (view.phase() == SweepPhase.FINISHED) {
      return OptionalDouble.of(0);
    }
    Instant now = clock.instant();
    double share = shareDone(view);
    if (firstSeen == null || share < firstShare) {
      firstSeen = now;
      firstShare = share;
    }
    if (share - firstShare >= SEEN) {
      return extrapolate(firstSeen, now, share - firstShare, 1 - share);
    }
    if (view.submitted() == null) {
      return OptionalDouble.empty();
    }
    return extrapolate(view.submitted(), now, share, 1 - share);
  }

  private static OptionalDouble extrapolate(Instant since, Instant now, double done, double left) {
    double elapsed = Duration.between(since, now).toMillis() / 1000.0;
    return done <= 0 || elapsed <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(elapsed / done * left);
  }

  /** The share of the sweep's work that is done, running jobs counted in part, in [0, 1]. */
  private static double shareDone(SweepView view) {
    double jobs = view.running().stream().mapToDouble(TimeLeft::shareDone).sum();
    return view.jobs().isEmpty() ? 0 : (view.ended() + jobs) / view.jobs().size();
  }

  private static double shareDone(JobView job) {
    Progress progress = job.progress();
    if (progress == null || progress.steps() <= 0) {
      return 0;
    }
    double part = Math.min(1, (double) progress.step() / progress.steps());
    return switch (progress.phase()) {
      case PREPARING -> 0;
      case TRAINING -> part * (1 - EVALUATION);
      case EVALUATING -> 1 - EVALUATION + part * EVALUATION;
    };
  }
}
