package dev.floe.sweeps.file;

import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the {@code adapter} section. */
final class AdapterReader {
  private static final Set<Axis> REQUIRED =
      EnumSet.of(Axis.PLACEMENT, Axis.RANK, Axis.VIRTUAL_TOKENS);

  private final Section section;
  private final Problems problems;

  AdapterReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** The section's values; null when there are problems. */
  AdapterAxes read() {
    section.require("type");
    List<AdapterType> types = section.axis("type", ScalarType.choice(AdapterType.class));
    for (Axis axis : Axis.values()) {
      if (axis.key().startsWith("adapter.")) {
        checkApplies(axis, types);
      }
    }
    List<Placement> placements =
        section.has("placement")
            ? new PlacementReader(problems).read(section.value("placement"))
            : List.of();
    List<Integer> ranks = section.axis("rank", ScalarType.whole(1));
    List<Integer> virtualTokens = section.axis("virtual-tokens", ScalarType.whole(1));
    List<Double> alphas = section.axis("alpha", ScalarType.positive());
    List<Double> dropouts = section.axis("dropout", ScalarType.probability());
    List<Boolean> rsloras = section.axis("rslora", ScalarType.truth());
    List<Boolean> doras = section.axis("dora", ScalarType.truth());
    List<Bias> biases = section.axis("bias", ScalarType.choice(Bias.class));
    List<Boolean> projections = section.axis("projection", ScalarType.truth());
    List<Encoder> encoders = section.axis("encoder", ScalarType.choice(Encoder.class));
    List<Integer> encoderSizes = section.axis("encoder-size", ScalarType.whole(1));
    List<String> initTexts = section.axis("init-text", ScalarType.text("a text", text -> true));
    List<Activation> activations = section.axis("activation", ScalarType.choice(Activation.class));
    List<Double> scalings = section.axis("scaling", ScalarType.positive());
    List<Insertion> insertions = section.axis("insertion", ScalarType.choice(Insertion.class));
    List<Initial> inits = section.axis("init", ScalarType.choice(Initial.class));
    if (!problems.none()) {
      return null;
    }
    return new AdapterAxes(
        types,
        placements,
        ranks,
        alphas,
        dropouts,
        activations,
        scalings,
        insertions,
        inits,
        virtualTokens,
        rsloras,
        doras,
        biases,
        projections,
        encoders,
        encoderSizes,
        initTexts);
  }

  /** What has no default is needed where a type has it; a key that no type has is refused. */
  private void checkApplies(Axis axis, List<AdapterType> types) {
    if (types.isEmpty()) {
      return;
    }
    String key = axis.key().substring("adapter.".length());
    boolean applies = types.stream().anyMatch(axis::appliesTo);
    if (applies && REQUIRED.contains(axis)) {
      section.require(key);
    }
    if (!applies && section.has(key)) {
      String names = types.stream().map(AdapterType::key).collect(Collectors.joining(", "));
      section.report(key, "has no meaning for adapter.type " + names + "; remove it");
    }
  }
}
