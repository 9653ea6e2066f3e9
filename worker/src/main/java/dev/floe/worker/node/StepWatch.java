package dev.floe.worker.node;

import dev.floe.protocol.report.Progress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Watches a device's progress: what its jobs tell, whichever of them it is, shows that the thread
 * gets on. Told on the device's thread, asked on the actor's.
 */
final class StepWatch {
  private static final int REMEMBERED = 32;

  private final StallRule rule;
  private final LongSupplier nanos;
  private final Deque<Long> steps = new ArrayDeque<>();
  private Progress.Phase phase = Progress.Phase.PREPARING;
  private long last;

  StepWatch(StallRule rule, LongSupplier nanos) {
    this.rule = rule;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /** Work begins on a device that was idle. */
  synchronized void begin() {
    steps.clear();
    phase = Progress.Phase.PREPARING;
    last = nanos.getAsLong();
  }

  synchronized void progressed(Progress progress) {
    long now = nanos.getAsLong();
    if (progress.phase() == Progress.Phase.TRAINING && phase == Progress.Phase.TRAINING) {
      steps.addLast(now - last);
      if (steps.size() > REMEMBERED) {
        steps.removeFirst();
      }
    }
    phase = progress.phase();
    last = now;
  }

  /** Why the device counts as hung; empty while it does not. */
  synchronized Optional<String> stall() {
    Duration silent = Duration.ofNanos(nanos.getAsLong() - last);
    Duration median = steps.isEmpty() ? null : Duration.ofNanos(median());
    Duration allowed = rule.allowed(phase, median);
    if (silent.compareTo(allowed) < 0) {
      return Optional.empty();
    }
    String usual = median == null ? "" : "; a step usually takes " + seconds(median);
    return Optional.of(
        "no progress for %s while %s, %s allowed%s"
            .formatted(
                seconds(silent), phase.name().toLowerCase(Locale.ROOT), seconds(allowed), usual));
  }

  private long median() {
    return steps.stream().sorted().skip(steps.size() / 2).findFirst().orElseThrow();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
