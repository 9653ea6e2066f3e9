package dev.floe.coordinator.sweep;

import dev.floe.coordinator.vector.Measure;
import dev.floe.coordinator.vector.PersistentVector;
import dev.floe.protocol.job.JobSpec;
import dev.floe.sweeps.results.JobState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The records of a sweep's jobs, immutable. Jobs in a row whose records are equal, such as those
 * that nothing happened to yet, take no room of their own; what is due is found in O(log n).
 */
final class JobTable {

  /** What is known of many jobs at once. */
  private static final class Tally {
    private int ended;
    private int due; // at any time
    private Instant soonest; // retry; null when none waits
  }

  private static final Measure<JobRecord, Tally> TALLY =
      new Measure<>() {
        @Override
        public Tally none() {
          return new Tally();
        }

        @Override
        public void add(Tally sum, JobRecord record, int count) {
          if (record.state().ended()) {
            sum.ended += count;
          } else if (record.state() == JobState.PENDING && record.retryAt() == null) {
            sum.due += count;
          } else if (record.state() == JobState.PENDING) {
            sum.soonest = earlier(sum.soonest, record.retryAt());
          }
        }

        @Override
        public void add(Tally sum, Tally measured) {
          sum.ended += measured.ended;
          sum.due += measured.due;
          sum.soonest = earlier(sum.soonest, measured.soonest);
        }
      };

  /** Receives what {@link #forEachStretch} finds. */
  @FunctionalInterface
  interface StretchVisitor {
    /** Jobs {@code first} to {@code last}, both inclusive, have the same record. */
    void visit(int first, int last, JobRecord record);
  }

  private static final int NEAR = 256;

  private final PersistentVector<JobRecord, Tally> slots;

  private JobTable(PersistentVector<JobRecord, Tally> slots) {
    this.slots = slots;
  }

  /** A table of untouched jobs: the baseline, and {@code jobs} more. */
  static JobTable of(int jobs) {
    return new JobTable(PersistentVector.filled(jobs + 1, JobRecord.UNTOUCHED, TALLY));
  }

  JobRecord get(int job) {
    return slots.get(slot(job));
  }

  JobTable with(int job, JobRecord record) {
    return new JobTable(slots.with(slot(job), record));
  }

  /** The table with the same record for jobs {@code first} to {@code last}, both inclusive. */
  JobTable with(int first, int last, JobRecord record) {
    return new JobTable(slots.with(slot(first), slot(last) + 1, record));
  }

  /** The table with every job stopped that had not ended. */
  JobTable stopped() {
    JobTable[] result = {this};
    forEachStretch(
        (first, last, record) -> {
          if (!record.state().ended()) {
            result[0] = result[0].with(first, last, record.stopped());
          }
        });
    return result[0];
  }

  /** How many jobs have ended, the baseline included. */
  int ended() {
    return slots.measured().ended;
  }

  boolean allEnded() {
    return ended() == slots.size();
  }

  /** The first job that can be leased now, the baseline before all others. */
  Optional<Integer> firstDue(Instant now) {
    int slot =
        slots.first(
            tally -> tally.due > 0 || (tally.soonest != null && !tally.soonest.isAfter(now)),
            record -> record.dueAt(now));
    return slot < 0 ? Optional.empty() : Optional.of(job(slot));
  }

  /**
   * The first job that can be leased now and fits. Jobs that have much in common stand near each
   * other, so only the next {@value #NEAR} from the first due one on are looked at.
   */
  Optional<Integer> firstDue(Instant now, Predicate<Integer> fits) {
    Optional<Integer> first = firstDue(now);
    if (first.isEmpty() || fits.test(first.get())) {
      return first;
    }
    int end = Math.min(slots.size() + JobSpec.BASELINE, first.get() + NEAR);
    for (int job = first.get() + 1; job < end; job++) {
      if (get(job).dueAt(now) && fits.test(job)) {
        return Optional.of(job);
      }
    }
    return Optional.empty();
  }

  /** When the next job that waits for its retry comes due; empty when none waits. */
  Optional<Instant> nextRetry(Instant now) {
    Instant soonest = slots.measured().soonest;
    if (soonest == null || soonest.isAfter(now)) {
      return Optional.ofNullable(soonest);
    }
    // some are due already, and hide when the next one is
    return where(record -> record.retryAt() != null && record.retryAt().isAfter(now))
        .values()
        .stream()
        .map(JobRecord::retryAt)
        .min(Instant::compareTo);
  }

  /** The jobs whose record is as asked for, by index. */
  SortedMap<Integer, JobRecord> where(Predicate<JobRecord> wanted) {
    SortedMap<Integer, JobRecord> found = new TreeMap<>();
    forEachStretch(
        (first, last, record) -> {
          if (wanted.test(record)) {
            for (int job = first; job <= last; job++) {
              found.put(job, record);
            }
          }
        });
    return found;
  }

  /** Visits all jobs in order, those in a row whose records are kept as one in one call. */
  void forEachStretch(StretchVisitor visitor) {
    slots.forEachStretch((from, to, record) -> visitor.visit(job(from), job(to - 1), record));
  }

  private int slot(int job) {
    return Objects.checkIndex(job - JobSpec.BASELINE, slots.size());
  }

  private static int job(int slot) {
    return slot + JobSpec.BASELINE;
  }

  private static Instant earlier(Instant one, Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }
}
