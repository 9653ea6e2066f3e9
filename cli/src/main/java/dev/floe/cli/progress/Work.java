package dev.floe.cli.progress;

import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.Progress;

/** How much of a sweep's work is done, as a share, which the time left is told from. */
final class Work {
  /**
   * The part of a job that is training; evaluation is the rest. A guess that is wrong by some
   * factor errs by less than one job.
   */
  private static final double TRAINING = 0.8;

  private Work() {}

  /** The share of the work that is done, in [0, 1]; the baseline counts as a job's evaluation. */
  static double done(SweepView view) {
    double baseline = 1 - TRAINING;
    double done = baseline * share(view.baseline()) + view.ended();
    for (JobView job : view.running()) {
      done += share(job);
    }
    return done / (baseline + view.jobs().size());
  }

  private static double share(JobView job) {
    if (job.state().ended()) {
      return 1;
    }
    Progress progress = job.progress();
    if (progress == null || progress.steps() == 0) {
      return 0;
    }
    double steps = Math.min(1, (double) progress.step() / progress.steps());
    return switch (progress.phase()) {
      case PREPARING -> 0;
      case TRAINING -> TRAINING * steps;
      case EVALUATING -> job.baseline() ? steps : TRAINING + (1 - TRAINING) * steps;
    };
  }
}
