package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.backbone.LinearPart;
import dev.floe.worker.backbone.Contribution;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.Projection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * (IA)³ (arXiv 2205.05638): {@code l ∘ (W x + bias)} with l {@code [out, 1]}, or, on the MLP's last
 * linear, {@code W (l ∘ x) + bias} with l {@code [1, in]}: as PEFT has it, where the latter is a
 * feed-forward module. l starts at one. Trained weights: {@code out}, or {@code in}, per module.
 */
final class Ia3Adapter implements Adapter {
  private final NDManager owner;
  private final Map<String, Factors> byModule = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  private record Factors(NDArray values, boolean ofInput) {}

  Ia3Adapter(NDManager owner, List<LinearModule> modules, Initializer initial) {
    this.owner = owner;
    for (LinearModule module : modules) {
      boolean ofInput = scalesInput(module);
      long[] shape = ofInput ? new long[] {1, module.in()} : new long[] {module.out(), 1};
      NDArray values = initial.ones(shape);
      byModule.put(module.path(), new Factors(values, ofInput));
      parameters.add(new Parameter(module.path() + ".ia3_l", values));
    }
  }

  /** Whether PEFT calls it a feed-forward module. */
  static boolean scalesInput(LinearModule module) {
    return module.target().part() == LinearPart.MLP_OUTPUT;
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    Factors factors = byModule.get(module);
    if (factors == null) {
      return linear;
    }
    return (scope, x) ->
        linear
            .kernels()
            .adapters()
            .ia3(scope, x, linear.weight(), linear.bias(), factors.values, factors.ofInput);
  }

  @Override
  public Optional<Contribution> contribution(String module) {
    return Optional.ofNullable(byModule.get(module))
        .map(factors -> Contribution.factors(factors.values, factors.ofInput));
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
