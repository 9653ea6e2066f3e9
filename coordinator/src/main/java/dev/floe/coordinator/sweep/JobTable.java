package dev.floe.coordinator.sweep;

import dev.floe.protocol.job.JobSpec;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The records of a sweep's jobs, immutable. Replacing one copies a chunk and the spine, so that
 * states can be compared and kept while a sweep of many jobs goes on; jobs that nothing happened to
 * take no room.
 */
final class JobTable {
  private static final int CHUNK = 256;

  private final JobRecord[][] chunks;
  private final int slots;
  private final int ended;

  private JobTable(JobRecord[][] chunks, int slots, int ended) {
    this.chunks = chunks;
    this.slots = slots;
    this.ended = ended;
  }

  /** A table of untouched jobs: the baseline, and {@code jobs} more. */
  static JobTable of(int jobs) {
    int slots = jobs + 1;
    return new JobTable(new JobRecord[(slots + CHUNK - 1) / CHUNK][], slots, 0);
  }

  JobRecord get(int job) {
    return atSlot(slot(job));
  }

  JobTable with(int job, JobRecord record) {
    int slot = slot(job);
    int change = (record.state().ended() ? 1 : 0) - (atSlot(slot).state().ended() ? 1 : 0);
    JobRecord[][] spine = chunks.clone();
    JobRecord[] chunk = spine[slot / CHUNK];
    chunk = chunk == null ? new JobRecord[CHUNK] : chunk.clone();
    chunk[slot % CHUNK] = record;
    spine[slot / CHUNK] = chunk;
    return new JobTable(spine, slots, ended + change);
  }

  /** How many jobs have ended, the baseline included. */
  int ended() {
    return ended;
  }

  boolean allEnded() {
    return ended == slots;
  }

  /** The jobs whose record is as asked for, by index; untouched ones are looked at too. */
  SortedMap<Integer, JobRecord> where(Predicate<JobRecord> wanted) {
    SortedMap<Integer, JobRecord> found = new TreeMap<>();
    for (int slot = 0; slot < slots; slot++) {
      if (wanted.test(atSlot(slot))) {
        found.put(job(slot), atSlot(slot));
      }
    }
    return found;
  }

  /** The first job, the baseline before all others, whose record is as asked for; or null. */
  Integer first(Predicate<JobRecord> wanted) {
    for (int slot = 0; slot < slots; slot++) {
      if (wanted.test(atSlot(slot))) {
        return job(slot);
      }
    }
    return null;
  }

  private JobRecord atSlot(int slot) {
    JobRecord[] chunk = chunks[slot / CHUNK];
    JobRecord record = chunk == null ? null : chunk[slot % CHUNK];
    return record == null ? JobRecord.UNTOUCHED : record;
  }

  private int slot(int job) {
    return Objects.checkIndex(job - JobSpec.BASELINE, slots);
  }

  private static int job(int slot) {
    return slot + JobSpec.BASELINE;
  }
}
