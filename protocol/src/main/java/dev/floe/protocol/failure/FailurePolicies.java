package dev.floe.protocol.failure;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.floe.protocol.report.JobFailure.Kind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The policy of each kind of failure. Kinds that are not named have their default.
 *
 * <table>
 * <caption>defaults</caption>
 * <tr><td>lost</td><td>3 attempts, after 3 losses that use up none</td></tr>
 * <tr><td>hung, bug</td><td>3 attempts</td></tr>
 * <tr><td>out of memory</td><td>1: the worker has tried smaller micro-batches already</td></tr>
 * <tr><td>invalid, poison</td><td>1, always: the same job would end the same</td></tr>
 * </table>
 *
 * @param kinds what differs from the defaults
 * @param takedowns a job that took down its worker so often is quarantined; at least 1
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record FailurePolicies(Map<Kind, FailurePolicy> kinds, int takedowns) {
  private static final double DELAY = 1;
  private static final double MAX_DELAY = 60;
  private static final double JITTER = 0.2;
  private static final FailurePolicy ONCE = new FailurePolicy(1, 0, DELAY, MAX_DELAY, JITTER);
  private static final FailurePolicy THRICE = new FailurePolicy(3, 0, DELAY, MAX_DELAY, JITTER);
  private static final FailurePolicy LOST = new FailurePolicy(3, 3, DELAY, MAX_DELAY, JITTER);
  private static final int TAKEDOWNS = 2;

  public static final FailurePolicies DEFAULT = new FailurePolicies(Map.of(), TAKEDOWNS);

  public FailurePolicies {
    Map<Kind, FailurePolicy> copy = new EnumMap<>(Kind.class);
    copy.putAll(kinds == null ? Map.of() : kinds);
    kinds = Collections.unmodifiableMap(copy);
    if (takedowns < 1) {
      throw new IllegalArgumentException("takedowns must be >= 1, got " + takedowns);
    }
  }

  /** What a failure of this kind means. */
  public FailurePolicy of(Kind kind) {
    return kinds.getOrDefault(kind, defaultOf(kind));
  }

  /** What a failure of this kind means when the sweep says nothing. */
  public static FailurePolicy defaultOf(Kind kind) {
    return switch (kind) {
      case LOST -> LOST;
      case HUNG, BUG -> THRICE;
      case OUT_OF_MEMORY, INVALID, POISON -> ONCE;
    };
  }
}
