package dev.floe.sweeps.results;

import dev.floe.sweeps.expand.Expansion;
import dev.floe.sweeps.spec.Axis;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which parameters and metrics the jobs of a sweep have, in the order in which to show them. */
final class ParameterKeys {
  private static final String ACCURACY = ".accuracy";

  private ParameterKeys() {}

  /**
   * The parameters that any job has, in the order of the expansion. Jobs of different types differ
   * in them.
   */
  static List<String> all(SweepResults results) {
    Set<String> present = new LinkedHashSet<>();
    results.jobs().forEach(job -> present.addAll(job.parameters().keySet()));
    List<String> ordered = new ArrayList<>(List.of(Expansion.TYPE));
    for (Axis axis : Axis.values()) {
      ordered.add(axis.key());
    }
    ordered.retainAll(present);
    present.removeAll(ordered);
    ordered.addAll(present);
    return ordered;
  }

  /** Type, placement and rank, and those of the others that differ between jobs. */
  static List<String> shown(SweepResults results) {
    Collection<String> always = List.of(Expansion.TYPE, Axis.PLACEMENT.key(), Axis.RANK.key());
    return all(results).stream()
        .filter(key -> always.contains(key) || varies(results, key))
        .toList();
  }

  private static boolean varies(SweepResults results, String key) {
    return results.jobs().stream()
            .filter(job -> job.parameters().containsKey(key))
            .map(job -> job.parameters().get(key))
            .distinct()
            .limit(2)
            .count()
        > 1;
  }

  /** Every metric that the baseline or a job has, sorted. */
  static List<String> metrics(SweepResults results) {
    Set<String> metrics = new TreeSet<>(results.baseline().metrics().keySet());
    results.jobs().forEach(job -> metrics.addAll(job.metrics().keySet()));
    return List.copyOf(metrics);
  }

  /** The metrics that are accuracies. */
  static List<String> accuracies(SweepResults results) {
    return metrics(results).stream().filter(metric -> metric.endsWith(ACCURACY)).toList();
  }

  /** The evaluation set of an accuracy. */
  static String dataset(String accuracy) {
    return accuracy.substring(0, accuracy.length() - ACCURACY.length());
  }

  /** A parameter's name without its section: {@code rank}. */
  static String shortName(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
