package dev.floe.coordinator.view;

import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A sweep at one moment.
 *
 * @param id the sweep's id
 * @param name as the sweep file names it
 * @param backbone path of the model directory
 * @param outputDirectory absolute path of the results
 * @param submitted when the sweep was first submitted
 * @param finished when its last job ended; null before that
 * @param baseline the frozen backbone's job
 * @param jobs job <i>i</i> at position <i>i</i>
 */
public record SweepView(
    String id,
    String name,
    String backbone,
    String outputDirectory,
    SweepPhase phase,
    Instant submitted,
    Instant finished,
    JobView baseline,
    List<JobView> jobs) {
  /** Sweeps of more jobs than this are large. */
  private static final int LARGE = 5_000;

  /**
   * Whether a sweep has so many jobs that what comes of them is not kept in memory: it is in {@code
   * results.jsonl}, and a view holds it only of the jobs that ended last.
   */
  public static boolean isLarge(int jobs) {
    return jobs > LARGE;
  }

  public SweepView {
    jobs = JobViews.copyOf(jobs);
  }

  /** How many jobs are in a state; the baseline is not counted. */
  public long count(JobState state) {
    return views().count(state);
  }

  /** How many jobs have ended, the baseline not counted. */
  public long ended() {
    return Arrays.stream(JobState.values()).filter(JobState::ended).mapToLong(this::count).sum();
  }

  /** Which jobs an attempt has ended: not those that were stopped. */
  public BitSet endedJobs() {
    return views().ended(1);
  }

  /** Those of {@link #endedJobs} that were started more than once. */
  public BitSet endedAgain() {
    return views().ended(2);
  }

  /** The jobs that run, the baseline not counted. */
  public List<JobView> running() {
    return views().in(JobState.RUNNING);
  }

  /** The jobs that are worth showing: all, or of a large sweep those where something happens. */
  public List<JobView> shown() {
    return views().shown();
  }

  private JobViews views() {
    return (JobViews) jobs;
  }

  /** Job {@code index}, the baseline included. */
  public JobView job(int index) {
    return index == baseline.index() ? baseline : jobs.get(index);
  }

  /**
   * This view after an update; late progress of a job that does not run changes nothing. Folding
   * all updates from a snapshot gives the current view.
   */
  public SweepView after(SweepUpdate update) {
    if (update instanceof SweepUpdate.Snapshot snapshot) {
      return snapshot.view();
    }
    if (update instanceof SweepUpdate.JobChanged changed) {
      return replacing(changed.job());
    }
    if (update instanceof SweepUpdate.JobProgressed progressed) {
      JobView job = job(progressed.index());
      // Progress of an attempt that is over came late, and says nothing any more.
      return job.state() == JobState.RUNNING
          ? replacing(job.with(progressed.progress(), progressed.losses()))
          : this;
    }
    SweepUpdate.PhaseChanged changed = (SweepUpdate.PhaseChanged) update;
    return new SweepView(
        id,
        name,
        backbone,
        outputDirectory,
        changed.phase(),
        submitted,
        changed.finished(),
        baseline,
        jobs);
  }

  private SweepView replacing(JobView job) {
    JobViews changed = job.baseline() ? views() : views().with(job.index(), job);
    return new SweepView(
        id,
        name,
        backbone,
        outputDirectory,
        phase,
        submitted,
        finished,
        job.baseline() ? job : baseline,
        changed);
  }
}
