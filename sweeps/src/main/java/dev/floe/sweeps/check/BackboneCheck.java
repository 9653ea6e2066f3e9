package dev.floe.sweeps.check;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Placement.LayerRange;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the jobs of a sweep that can never run on its backbone, before anything is loaded. */
public final class BackboneCheck {
  private final SweepSpec spec;
  private final BackboneDescription backbone;
  private final Set<Problem> problems = new LinkedHashSet<>();

  private BackboneCheck(SweepSpec spec, BackboneDescription backbone) {
    this.spec = spec;
    this.backbone = backbone;
  }

  /** Everything that {@code backbone} cannot carry; empty when every job can run. */
  public static List<Problem> problems(SweepSpec spec, BackboneDescription backbone) {
    BackboneCheck check = new BackboneCheck(spec, backbone);
    check.cutoff();
    for (Placement placement : spec.adapter().placements()) {
      check.modules(placement);
      check.layers(placement);
      for (AdapterType type : spec.adapter().types()) {
        if (type != AdapterType.FULL) {
          check.placed(type, placement);
        }
      }
    }
    return new ArrayList<>(check.problems);
  }

  /**
   * The modules of one layer that an adapter sits on. A role means every module of that role,
   * except for series adapters, which sit on the role's output alone.
   */
  public static List<Target> targets(
      AdapterType type, Placement placement, BackboneDescription backbone) {
    return backbone.targets().stream()
        .filter(
            target ->
                placement.role() == null
                    ? placement.modules().contains(target.name())
                    : target.role().equals(placement.role())
                        && (type != AdapterType.SERIES || target.output()))
        .toList();
  }

  /**
   * The default is no mistake of the user's: where the context is shorter, rows that are too long
   * are refused when they are read.
   */
  private void cutoff() {
    int cutoff = spec.data().cutoff();
    if (cutoff != DataSpec.DEFAULT_CUTOFF && cutoff > backbone.longestContext()) {
      report(
          "data.cutoff",
          "must be at most the backbone's context of %d tokens, got %d"
              .formatted(backbone.longestContext(), cutoff));
    }
  }

  private void modules(Placement placement) {
    List<String> known = backbone.targets().stream().map(Target::name).toList();
    for (String module : placement.modules()) {
      if (!known.contains(module)) {
        report(
            "adapter.placement",
            "the backbone has no module " + module + "; it has " + String.join(", ", known));
      }
    }
  }

  private void layers(Placement placement) {
    LayerRange layers = placement.layers();
    if (layers != null && layers.last() >= backbone.layers()) {
      report(
          "adapter.placement",
          "layers %d..%d do not exist; the backbone has layers 0..%d"
              .formatted(layers.first(), layers.last(), backbone.layers() - 1));
    }
  }

  private void placed(AdapterType type, Placement placement) {
    List<Target> targets = targets(type, placement, backbone);
    if (targets.isEmpty() && placement.role() != null) {
      report(
          "adapter.placement",
          "the backbone has no module of the role %s for %s adapters; roles are %s"
              .formatted(placement.role(), type.key(), roles()));
    }
    for (int rank : spec.adapter().ranks()) {
      targets.stream()
          .filter(target -> rank > Math.min(target.in(), target.out()))
          .findFirst()
          .ifPresent(target -> rank(rank, target));
    }
  }

  private void rank(int rank, Target target) {
    report(
        "adapter.rank",
        "must be at most %d, the smaller side of %s (%d to %d), got %d"
            .formatted(
                Math.min(target.in(), target.out()),
                target.name(),
                target.in(),
                target.out(),
                rank));
  }

  private String roles() {
    return backbone.targets().stream()
        .map(Target::role)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void report(String where, String what) {
    problems.add(new Problem(where, what));
  }
}
