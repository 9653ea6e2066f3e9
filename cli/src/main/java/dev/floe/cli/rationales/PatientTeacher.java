package dev.floe.cli.rationales;

import dev.floe.cli.rationales.TeacherException.Reach;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Asks a teacher at a bounded rate, and again after a while when it has no reply for now: each wait
 * is twice as long as the one before, with a random part, or as long as the teacher asks for.
 */
final class PatientTeacher implements Teacher {
  private static final int MOST_DOUBLINGS = 6;

  private final Teacher teacher;
  private final int retries;
  private final Duration firstWait;
  private final long nanosBetween;
  private long nextStart = System.nanoTime();

  /**
   * Wraps a teacher.
   *
   * @param retries how often a question is asked again
   * @param requestsPerMinute over all threads; 0 for no limit
   */
  PatientTeacher(Teacher teacher, int retries, Duration firstWait, int requestsPerMinute) {
    this.teacher = teacher;
    this.retries = retries;
    this.firstWait = firstWait;
    this.nanosBetween =
        requestsPerMinute == 0 ? 0 : TimeUnit.MINUTES.toNanos(1) / requestsPerMinute;
  }

  @Override
  public Reply ask(String prompt) throws TeacherException, InterruptedException {
    for (int attempt = 0; ; attempt++) {
      awaitTurn();
      try {
        return teacher.ask(prompt);
      } catch (TeacherException e) {
        if (e.reach() != Reach.FOR_NOW) {
          throw e;
        }
        if (attempt == retries) {
          throw new TeacherException(
              Reach.FOR_NOW, "%s (asked %d times)".formatted(e.getMessage(), attempt + 1));
        }
        TimeUnit.NANOSECONDS.sleep(e.after().orElse(backOff(attempt)).toNanos());
      }
    }
  }

  private Duration backOff(int attempt) {
    long longest = firstWait.toNanos() << Math.min(attempt, MOST_DOUBLINGS);
    return Duration.ofNanos(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
  }

  private void awaitTurn() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(reserve());
  }

  private synchronized long reserve() {
    long now = System.nanoTime();
    long start = Math.max(now, nextStart);
    nextStart = start + nanosBetween;
    return start - now;
  }
}
