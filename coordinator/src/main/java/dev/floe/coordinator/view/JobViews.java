package dev.floe.coordinator.view;

import dev.floe.coordinator.vector.Measure;
import dev.floe.coordinator.vector.PersistentVector;
import dev.floe.sweeps.results.JobState;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/**
 * The jobs of a sweep as a view has them, immutable: job <i>i</i> at position <i>i</i>. Replacing
 * one takes O(log n). Of a large sweep, only the jobs that ended last are held in full, the others
 * that ended with state and attempts alone; what came of them is in the sweep's files.
 */
@SuppressWarnings("EnumOrdinal") // counts by state, which never leave the process
public final class JobViews extends AbstractList<JobView> implements RandomAccess {
  /** How many ended jobs a large sweep's view holds in full. */
  static final int WINDOW = 500;

  private static final Measure<JobStanding, int[]> COUNTS =
      new Measure<>() {
        @Override
        public int[] none() {
          return new int[JobState.values().length];
        }

        @Override
        public void add(int[] sum, JobStanding job, int count) {
          sum[job.state().ordinal()] += count;
        }

        @Override
        public void add(int[] sum, int[] measured) {
          for (int i = 0; i < sum.length; i++) {
            sum[i] += measured[i];
          }
        }
      };

  private final PersistentVector<JobStanding, int[]> standings;
  private final IntFunction<Map<String, Object>> parameters;
  private final int[] window; // the jobs that ended last, oldest first; empty unless large

  private JobViews(
      PersistentVector<JobStanding, int[]> standings,
      IntFunction<Map<String, Object>> parameters,
      int[] window) {
    this.standings = standings;
    this.parameters = parameters;
    this.window = window;
  }

  /**
   * Jobs that nothing has happened to yet.
   *
   * @param parameters gives a job's, always the same; called when someone looks at them
   */
  public static JobViews pending(int jobs, IntFunction<Map<String, Object>> parameters) {
    return new JobViews(
        PersistentVector.filled(jobs, JobStanding.PENDING, COUNTS), parameters, new int[0]);
  }

  static JobViews copyOf(List<JobView> jobs) {
    if (jobs instanceof JobViews already) {
      return already;
    }
    List<JobView> all = List.copyOf(jobs);
    JobViews copy = pending(all.size(), index -> all.get(index).parameters());
    for (int i = 0; i < all.size(); i++) {
      copy = copy.with(i, all.get(i));
    }
    return copy;
  }

  @Override
  public int size() {
    return standings.size();
  }

  @Override
  public JobView get(int index) {
    return view(index, standings.get(index));
  }

  private JobView view(int index, JobStanding standing) {
    return standing.view(index, new LazyParameters(index, parameters));
  }

  /** The jobs with another view of one. */
  public JobViews with(int index, JobView job) {
    PersistentVector<JobStanding, int[]> changed = standings.with(index, JobStanding.of(job));
    if (!SweepView.isLarge(size()) || !job.state().ended()) {
      return new JobViews(changed, parameters, window);
    }
    if (window.length < WINDOW) {
      int[] longer = Arrays.copyOf(window, window.length + 1);
      longer[window.length] = index;
      return new JobViews(changed, parameters, longer);
    }
    int oldest = window[0];
    int[] moved = Arrays.copyOfRange(window, 1, WINDOW + 1);
    moved[WINDOW - 1] = index;
    JobStanding leaving = changed.get(oldest);
    if (oldest != index && leaving.state().ended()) {
      changed = changed.with(oldest, leaving.brief());
    }
    return new JobViews(changed, parameters, moved);
  }

  /**
   * The jobs with those from {@code first} to {@code last}, both inclusive, alike. Of a large
   * sweep, what came of ended ones is left out.
   */
  public JobViews with(int first, int last, JobView alike) {
    JobStanding standing = JobStanding.of(alike);
    if (SweepView.isLarge(size()) && standing.state().ended()) {
      standing = standing.brief();
    }
    return new JobViews(standings.with(first, last + 1, standing), parameters, window);
  }

  /** How many jobs are in a state. */
  public int count(JobState state) {
    return standings.measured()[state.ordinal()];
  }

  /** Which jobs an attempt has ended that was at least their {@code attempts}-th. */
  BitSet ended(int attempts) {
    BitSet ended = new BitSet(size());
    standings.forEachStretch(
        (from, to, standing) -> {
          boolean byAttempt = standing.state().ended() && standing.state() != JobState.STOPPED;
          ended.set(from, to, byAttempt && standing.attempts() >= attempts);
        });
    return ended;
  }

  /** The jobs that are in a state, in order. */
  public List<JobView> in(JobState state) {
    List<JobView> found = new ArrayList<>(count(state));
    standings.forEachStretch(
        (from, to, standing) -> {
          if (standing.state() == state) {
            for (int index = from; index < to; index++) {
              found.add(view(index, standing));
            }
          }
        });
    return found;
  }

  /** All jobs; of a large sweep those that run, and then those that ended last. */
  public List<JobView> shown() {
    if (!SweepView.isLarge(size())) {
      return this;
    }
    List<JobView> shown = in(JobState.RUNNING);
    Arrays.stream(window)
        .distinct()
        .mapToObj(this::get)
        .filter(job -> job.state().ended())
        .forEach(shown::add);
    return shown;
  }
}
