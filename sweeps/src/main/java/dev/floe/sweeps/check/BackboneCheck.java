package dev.floe.sweeps.check;

import dev.floe.protocol.backbone.BackboneDescription;
import dev.floe.protocol.backbone.BackboneDescription.Target;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.DataSpec;
import dev.floe.protocol.job.LayerSet;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.SweepSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds the jobs of a sweep that can never run on its backbone, before anything is loaded. */
public final class BackboneCheck {
  private static final String PLACEMENT = "adapter.placement";
  private static final String MODULES = "adapter.modules";

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
      check.names(PLACEMENT, placement);
      for (AdapterType type : spec.adapter().types()) {
        if (type.isPlaced()) {
          check.placed(PLACEMENT, type, placement);
        }
      }
    }
    for (Placement modules : spec.adapter().full().modules()) {
      check.names(MODULES, modules);
      check.placed(MODULES, AdapterType.FULL, modules);
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
    for (int tokens : spec.adapter().virtual().virtualTokens()) {
      if (tokens + (long) cutoff > backbone.longestContext()) {
        report(
            "adapter.virtual-tokens",
            "%d and a cutoff of %d are more than the backbone's context of %d tokens"
                .formatted(tokens, cutoff, backbone.longestContext()));
      }
    }
  }

  private void names(String key, Placement placement) {
    modules(key, placement);
    layers(key, placement);
  }

  private void modules(String key, Placement placement) {
    List<String> known = backbone.targets().stream().map(Target::name).toList();
    for (String module : placement.modules()) {
      boolean exists =
          IntStream.range(0, backbone.layers())
              .boxed()
              .flatMap(layer -> backbone.targets().stream().map(t -> backbone.modulePath(layer, t)))
              .anyMatch(path -> Placement.isNamed(module, path));
      if (!exists) {
        report(
            key, "the backbone has no module " + module + "; it has " + String.join(", ", known));
      }
    }
  }

  private void layers(String key, Placement placement) {
    LayerSet layers = placement.layers();
    if (layers != null && !layers.existsIn(backbone.layers())) {
      report(
          key,
          "layers %s do not exist; the backbone has layers 0..%d"
              .formatted(layers.text(), backbone.layers() - 1));
    }
  }

  private void placed(String key, AdapterType type, Placement placement) {
    List<Target> targets = targets(type, placement, backbone);
    if (targets.isEmpty() && placement.role() != null) {
      report(
          key,
          "the backbone has no module of the role %s for %s adapters"
              .formatted(placement.role(), type.key()));
    }
    if (targets.isEmpty() && placement.match() != null) {
      report(
          key,
          "%s means no module of the backbone; they are named like %s"
              .formatted(placement.label(), backbone.modulePath(0, backbone.targets().get(0))));
    }
    List<Beside> besides = spec.adapter().bottleneck().besides();
    boolean projections =
        type != AdapterType.PARALLEL || besides.isEmpty() || besides.contains(Beside.PROJECTIONS);
    for (int rank : type.isRanked() && projections ? ranks() : List.<Integer>of()) {
      targets.stream()
          .min(Comparator.comparingInt(BackboneCheck::smallerSide))
          .filter(narrowest -> rank > smallerSide(narrowest))
          .ifPresent(target -> rank(rank, target));
    }
    if (type == AdapterType.PARALLEL && besides.contains(Beside.MLP_BLOCK)) {
      besideMlp(placement, targets);
    }
  }

  private void besideMlp(Placement placement, List<Target> targets) {
    if (!targets.isEmpty() && targets.stream().allMatch(target -> target.part().isAttention())) {
      report(
          "adapter.beside",
          "mlp-block needs a placement that means a linear of the MLP, not %s alone"
              .formatted(placement.label()));
    }
    for (int rank : ranks()) {
      if (rank > backbone.hidden()) {
        report(
            "adapter.rank",
            "must be at most %d, the width of the MLP block, got %d"
                .formatted(backbone.hidden(), rank));
      }
    }
  }

  private List<Integer> ranks() {
    return spec.adapter().ranked().ranks();
  }

  private void rank(int rank, Target target) {
    report(
        "adapter.rank",
        "must be at most %d, the smaller side of %s (%d to %d), got %d"
            .formatted(smallerSide(target), target.name(), target.in(), target.out(), rank));
  }

  private static int smallerSide(Target target) {
    return Math.min(target.in(), target.out());
  }

  private void report(String where, String what) {
    problems.add(new Problem(where, what));
  }
}
