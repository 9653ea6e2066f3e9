package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.kernel.GradMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank adaptation (arXiv 2106.09685): {@code W x + (alpha / rank) B A dropout(x)} with A {@code
 * [rank, in]} and B {@code [out, rank]}. A starts uniform in ±1/√in, B at zero. Trained weights:
 * {@code rank · (in + out)} per module.
 */
final class LoraAdapter implements Adapter {
  private final NDManager owner;
  private final AdapterSpec.Lora spec;
  private final Map<String, Pair> pairs = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  private record Pair(NDArray a, NDArray b) {}

  LoraAdapter(
      NDManager owner, AdapterSpec.Lora spec, List<LinearModule> modules, Initializer initial) {
    this.owner = owner;
    this.spec = spec;
    for (LinearModule module : modules) {
      String nameOfA = module.path() + ".lora_A.weight";
      NDArray a = initial.kaiming(nameOfA, spec.rank(), module.in());
      NDArray b = initial.zeros(module.out(), spec.rank());
      pairs.put(module.path(), new Pair(a, b));
      parameters.add(new Parameter(nameOfA, a));
      parameters.add(new Parameter(module.path() + ".lora_B.weight", b));
    }
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    Pair pair = pairs.get(module);
    if (pair == null) {
      return linear;
    }
    double scale = spec.alpha() / spec.rank();
    return (scope, x) ->
        linear
            .kernels()
            .lora(
                scope,
                x,
                linear.weight(),
                linear.bias(),
                pair.a,
                pair.b,
                scale,
                GradMode.isRecording() ? spec.dropout() : 0);
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
