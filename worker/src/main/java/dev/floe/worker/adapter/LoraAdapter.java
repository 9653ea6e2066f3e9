package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Bias;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Contribution;
import dev.floe.worker.backbone.Dropout;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.LowRankLinear;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.config.WeightSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Low-rank adaptation (arXiv 2106.09685): {@code W x + s B A dropout(x)} with A {@code [rank, in]}
 * and B {@code [out, rank]}. A starts uniform in ±1/√in, or normal with deviation {@code 1 / rank},
 * B at zero. Trained weights: {@code rank · (in + out)} per module.
 *
 * <p>With DoRA (arXiv 2402.09353) the rows of {@code V = W + s B A} are brought to trained lengths
 * m {@code [out]}, {@code out} more weights per module: {@code (m / ‖V‖) V x}, where ‖V‖ counts as
 * constant in the backward pass. They start at the lengths of W's rows.
 *
 * <p>Biases that are trained too start as the backbone has them.
 */
final class LoraAdapter implements Adapter {
  private static final String BIAS = ".bias";

  private final NDManager owner;
  private final AdapterSpec.Lora spec;
  private final Dropout dropout;
  private final Map<String, Tensors> byModule = new HashMap<>();
  private final Map<String, NDArray> biases = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * One module's.
   *
   * @param lengths none, or DoRA's {@code [out]}
   */
  private record Tensors(NDArray a, NDArray b, List<NDArray> lengths) {}

  LoraAdapter(
      NDManager owner,
      AdapterSpec.Lora spec,
      List<LinearModule> modules,
      Backbone backbone,
      Initializer initial) {
    this.owner = owner;
    this.spec = spec;
    this.dropout = new Dropout(spec.dropout());
    for (LinearModule module : modules) {
      String nameOfA = module.path() + ".lora_A.weight";
      NDArray a = first(nameOfA, module, initial);
      NDArray b = initial.zeros(module.out(), spec.rank());
      parameters.add(new Parameter(nameOfA, a));
      parameters.add(new Parameter(module.path() + ".lora_B.weight", b));
      List<NDArray> lengths = spec.dora() ? List.of(lengths(module, backbone, initial)) : List.of();
      byModule.put(module.path(), new Tensors(a, b, lengths));
    }
    trainBiases(backbone, initial);
  }

  private NDArray first(String name, LinearModule module, Initializer initial) {
    long[] shape = {spec.rank(), module.in()};
    return spec.initWeights() == InitWeights.KAIMING
        ? initial.kaiming(name, shape)
        : initial.normal(name, shape, 1.0 / spec.rank());
  }

  private NDArray lengths(LinearModule module, Backbone backbone, Initializer initial) {
    NDArray weight = backbone.weight(module.path() + ".weight");
    NDArray lengths = initial.own(backbone.kernels().adapters().rowLengths(owner, weight));
    parameters.add(new Parameter(module.path() + ".lora_magnitude_vector", lengths));
    return lengths;
  }

  private void trainBiases(Backbone backbone, Initializer initial) {
    for (WeightSlot slot : backbone.config().layout().weights()) {
      if (slot.kind() != WeightSlot.Kind.BIAS || spec.bias() == Bias.NONE) {
        continue;
      }
      String path = slot.name().substring(0, slot.name().length() - BIAS.length());
      boolean adapted = byModule.containsKey(path);
      if (adapted || spec.bias() == Bias.ALL) {
        NDArray bias = initial.copy(backbone.weight(slot.name()));
        biases.put(slot.name(), bias);
        String name = adapted ? path + ".base_layer" + BIAS : slot.name();
        parameters.add(new Parameter(name, bias));
      }
    }
  }

  @Override
  public NDArray weight(String name, NDArray frozen) {
    return biases.getOrDefault(name, frozen);
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    Tensors own = byModule.get(module);
    if (own == null) {
      return linear;
    }
    double scale = spec.scale();
    if (!spec.dora()) {
      return new LowRankLinear(linear, own.a, own.b, scale, module, dropout);
    }
    return (scope, x) -> {
      double dropped = dropout.draw(module);
      return linear
          .kernels()
          .adapters()
          .lora(
              scope, x, linear.weight(), linear.bias(), own.a, own.b, own.lengths, scale, dropped);
    };
  }

  /** DoRA's lengths are of the whole matrix: it cannot be taken apart. */
  @Override
  public Optional<Contribution> contribution(String module) {
    Tensors own = byModule.get(module);
    return own == null || spec.dora()
        ? Optional.empty()
        : Optional.of(Contribution.lora(own.a, own.b, spec.scale(), dropout));
  }

  @Override
  public void startPass(long seed) {
    dropout.startPass(seed);
  }

  @Override
  public boolean isLowRankOnly() {
    return !spec.dora() && biases.isEmpty();
  }

  @Override
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  @Override
  public void close() {
    owner.close();
  }
}
