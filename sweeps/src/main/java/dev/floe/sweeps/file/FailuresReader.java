package dev.floe.sweeps.file;

import dev.floe.protocol.failure.FailurePolicies;
import dev.floe.protocol.failure.FailurePolicy;
import dev.floe.protocol.job.CheckpointSpec;
import dev.floe.protocol.report.JobFailure.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@code failures} and {@code checkpoint}: what is not named keeps its default. */
final class FailuresReader {
  private static final List<Kind> SETTABLE =
      List.of(Kind.LOST, Kind.HUNG, Kind.OUT_OF_MEMORY, Kind.BUG);

  private static final Pattern BUCKET =
      Pattern.compile("s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._-]+)+");

  private FailuresReader() {}

  static FailurePolicies failures(Section section) {
    Map<Kind, FailurePolicy> kinds = new EnumMap<>(Kind.class);
    for (Kind kind : SETTABLE) {
      if (section.has(kind.key())) {
        kinds.put(kind, policy(section.section(kind.key()), FailurePolicies.defaultOf(kind)));
      }
    }
    int takedowns =
        section
            .section(Kind.POISON.key())
            .scalar("takedowns", ScalarType.whole(1), FailurePolicies.DEFAULT.takedowns());
    return new FailurePolicies(kinds, takedowns);
  }

  private static FailurePolicy policy(Section section, FailurePolicy otherwise) {
    int attempts = section.scalar("attempts", ScalarType.whole(1), otherwise.attempts());
    int free = section.scalar("free", ScalarType.whole(0), otherwise.free());
    double delay = section.scalar("delay", ScalarType.notNegative(), otherwise.delaySeconds());
    double longest =
        section.scalar(
            "max-delay", ScalarType.notNegative(), Math.max(delay, otherwise.maxDelaySeconds()));
    double jitter = section.scalar("jitter", ScalarType.probability(), otherwise.jitter());
    if (longest < delay) {
      section.report("max-delay", "must be at least the delay of " + delay + ", got " + longest);
      return otherwise;
    }
    return new FailurePolicy(attempts, free, delay, longest, jitter);
  }

  /**
   * Reads {@code checkpoint}.
   *
   * @param paths makes a directory absolute
   */
  static CheckpointSpec checkpoint(Section section, ScalarType<String> paths) {
    int steps = section.scalar("every-steps", ScalarType.whole(1), 0);
    // who counts steps alone wants no clock in it
    double otherwise = steps > 0 ? 0 : CheckpointSpec.DEFAULT.everySeconds();
    ScalarType<String> places =
        node -> {
          String text = ScalarType.text("a path", any -> true).parse(node);
          if (!text.startsWith("s3:")) {
            return paths.parse(node);
          }
          if (!BUCKET.matcher(text).matches()) {
            throw new Unfit("expected s3://bucket/prefix, found " + text);
          }
          return text;
        };
    return new CheckpointSpec(
        steps,
        section.scalar("every-seconds", ScalarType.positive(), otherwise),
        section.scalar("path", places, null));
  }
}
