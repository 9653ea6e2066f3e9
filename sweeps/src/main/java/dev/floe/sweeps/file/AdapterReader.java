package dev.floe.sweeps.file;

import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.Encoder;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.protocol.job.AdapterSpec.Initial;
import dev.floe.protocol.job.AdapterSpec.Insertion;
import dev.floe.protocol.job.Placement;
import dev.floe.protocol.job.Scaling;
import dev.floe.sweeps.file.Node.Scalar;
import dev.floe.sweeps.spec.AdapterAxes;
import dev.floe.sweeps.spec.AdapterType;
import dev.floe.sweeps.spec.Axis;
import dev.floe.sweeps.spec.BottleneckAxes;
import dev.floe.sweeps.spec.FullAxes;
import dev.floe.sweeps.spec.LoraAxes;
import dev.floe.sweeps.spec.RankedAxes;
import dev.floe.sweeps.spec.VirtualTokenAxes;
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
    List<Placement> placements = placements("placement");
    RankedAxes ranked = ranked();
    LoraAxes lora = lora();
    BottleneckAxes bottleneck = bottleneck();
    VirtualTokenAxes virtual = virtual();
    List<Initial> inits = section.axis("init", ScalarType.choice(Initial.class));
    List<Placement> modules = placements("modules");
    if (!modules.isEmpty() && inits.contains(Initial.RANDOM)) {
      section.report("init", "random is for training every weight: remove it, or adapter.modules");
    }
    if (!problems.none()) {
      return null;
    }
    FullAxes full = new FullAxes(inits, modules);
    return new AdapterAxes(types, placements, ranked, lora, bottleneck, virtual, full);
  }

  private List<Placement> placements(String key) {
    return section.has(key)
        ? new PlacementReader("adapter." + key, problems).read(section.value(key))
        : List.of();
  }

  private RankedAxes ranked() {
    return new RankedAxes(
        section.axis("rank", ScalarType.whole(1)),
        section.axis("dropout", ScalarType.probability()),
        section.axis("init-weights", ScalarType.choice(InitWeights.class)));
  }

  private LoraAxes lora() {
    return new LoraAxes(
        section.axis("alpha", ScalarType.positive()),
        section.axis("rslora", ScalarType.truth()),
        section.axis("dora", ScalarType.truth()),
        section.axis("bias", ScalarType.choice(Bias.class)));
  }

  private BottleneckAxes bottleneck() {
    return new BottleneckAxes(
        section.axis("activation", ScalarType.choice(Activation.class)),
        section.axis("scaling", AdapterReader::scaling),
        section.axis("insertion", ScalarType.choice(Insertion.class)),
        section.axis("beside", ScalarType.choice(Beside.class)));
  }

  private VirtualTokenAxes virtual() {
    return new VirtualTokenAxes(
        section.axis("virtual-tokens", ScalarType.whole(1)),
        section.axis("projection", ScalarType.truth()),
        section.axis("encoder", ScalarType.choice(Encoder.class)),
        section.axis("encoder-size", ScalarType.whole(1)),
        section.axis("init-text", ScalarType.text("a text", text -> true)));
  }

  private static Scaling scaling(Node node) throws Unfit {
    if (node instanceof Scalar scalar && Scaling.LEARNED.equals(scalar.text())) {
      return Scaling.trained();
    }
    try {
      return Scaling.fixed(ScalarType.positive().parse(node));
    } catch (Unfit unfit) {
      throw ScalarType.unexpected("a positive number or " + Scaling.LEARNED, node);
    }
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
