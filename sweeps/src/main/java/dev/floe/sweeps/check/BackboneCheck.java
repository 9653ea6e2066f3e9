package dev.floe.sweeps.check;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

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
        if (type.isPlaced()) {
          check.placed(type, placement);
        }
      }
    }
    return new ArrayList<>(check.problems);
  }

  /**
   * The kinds of module that an adapter sits on. A role means every module of that role, except for
   * series adapters, which sit on the role's outputs alone.
   */
  public static List<Target> targets(
      AdapterType type, Placement placement, BackboneDescription backbone) {
    return backbone.targets().stream()
        .filter(target -> means(type, placement, target, backbone))
        .toList();
  }

  private static boolean means(
      AdapterType type, Placement placement, Target target, BackboneDescription backbone) {
    return IntStream.range(0, backbone.layers())
        .filter(layer -> placement.meansLayer(layer, backbone.layers()))
        .mapToObj(layer -> backbone.modulePath(layer, target))
        .anyMatch(path -> placement.means(path, target.part(), type == AdapterType.SERIES));
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
    } else {
      virtualTokens(cutoff);
    }
  }

  /** Prefix tokens stand in the context too, before the longest row. */
  private void virtualTokens(int cutoff) {
    for (int tokens : spec.adapter().virtualTokens()) {
      if (tokens + (long) cutoff > backbone.longestContext()) {
        report(
            "adapter.virtual-tokens",
            "%d and a cutoff of %d are more than the backbone's context of %d tokens"
                .formatted(tokens, cutoff, backbone.longestContext()));
      }
    }
  }

  private void modules(Placement placement) {
    List<String> known = backbone.targets().stream().map(Target::name).toList();
    for (String module : placement.modules()) {
      boolean exists =
          IntStream.range(0, backbone.layers())
              .boxed()
              .flatMap(layer -> backbone.targets().stream().map(t -> backbone.modulePath(layer, t)))
              .anyMatch(path -> Placement.isNamed(module, path));
      if (!exists) {
        report(
            "adapter.placement",
            "the backbone has no module " + module + "; it has " + String.join(", ", known));
      }
    }
  }

  private void layers(Placement placement) {
    LayerSet layers = placement.layers();
    if (layers != null && !layers.existsIn(backbone.layers())) {
      report(
          "adapter.placement",
          "layers %s do not exist; the backbone has layers 0..%d"
              .formatted(layers.text(), backbone.layers() - 1));
    }
  }

  private void placed(AdapterType type, Placement placement) {
    List<Target> targets = targets(type, placement, backbone);
    if (targets.isEmpty() && placement.role() != null) {
      report(
          "adapter.placement",
          "the backbone has no module of the role %s for %s adapters"
              .formatted(placement.role(), type.key()));
    }
    if (targets.isEmpty() && placement.match() != null) {
      report(
          "adapter.placement",
          "%s means no module of the backbone; they are named like %s"
              .formatted(placement.label(), backbone.modulePath(0, backbone.targets().get(0))));
    }
    for (int rank : type.isRanked() ? spec.adapter().ranks() : List.<Integer>of()) {
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

  private void report(String where, String what) {
    problems.add(new Problem(where, what));
  }
}
