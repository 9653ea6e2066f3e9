package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.backbone.Contribution;
import dev.floe.worker.backbone.Dropout;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.Projection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The series (arXiv 1902.00751) and parallel (arXiv 2110.04366) adapters: {@code f(x) =
 * up(act(down(dropout(x))))} in series with a linear or beside it, as {@link AdapterSpec.Series}
 * and {@link AdapterSpec.Parallel} say. Down is {@code [bottleneck, features]} and starts normal
 * with deviation 0.02, up is {@code [features, bottleneck]} and starts at zero. Trained weights:
 * {@code bottleneck · (features in + features out)} of f per module.
 */
final class BottleneckAdapter implements Adapter {
  private static final double DEVIATION = 0.02;

  private final NDManager owner;
  private final Shape shape;
  private final Dropout dropout;
  private final Map<String, Pair> pairs = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  /** How f joins the linear, and what is inside f. */
  private record Shape(
      Join join, int bottleneck, String activation, double scaling, double dropout) {}

  private enum Join {
    SERIES_OUTPUT,
    SERIES_INPUT,
    PARALLEL;

    /** What f reads: the linear's output or its input. */
    int in(LinearModule module) {
      return this == SERIES_OUTPUT ? module.out() : module.in();
    }

    /** What f adds to. */
    int out(LinearModule module) {
      return this == SERIES_INPUT ? module.in() : module.out();
    }

    String kernel() {
      return name().toLowerCase(Locale.ROOT);
    }

    Contribution.Kind kind() {
      return switch (this) {
        case SERIES_OUTPUT -> Contribution.Kind.BEHIND;
        case SERIES_INPUT -> Contribution.Kind.BEFORE;
        case PARALLEL -> Contribution.Kind.BESIDE;
      };
    }
  }

  private record Pair(NDArray down, NDArray up) {}

  private BottleneckAdapter(
      NDManager owner, Shape shape, List<LinearModule> modules, Initializer initial) {
    this.owner = owner;
    this.shape = shape;
    this.dropout = new Dropout(shape.dropout);
    for (LinearModule module : modules) {
      String nameOfDown = module.path() + ".adapter_down.weight";
      long[] downShape = {shape.bottleneck, shape.join.in(module)};
      NDArray down = initial.normal(nameOfDown, downShape, DEVIATION);
      NDArray up = initial.zeros(shape.join.out(module), shape.bottleneck);
      pairs.put(module.path(), new Pair(down, up));
      parameters.add(new Parameter(nameOfDown, down));
      parameters.add(new Parameter(module.path() + ".adapter_up.weight", up));
    }
  }

  static BottleneckAdapter series(
      NDManager owner, AdapterSpec.Series spec, List<LinearModule> modules, Initializer initial) {
    Join join =
        spec.insertion() == AdapterSpec.Insertion.OUTPUT ? Join.SERIES_OUTPUT : Join.SERIES_INPUT;
    Shape shape =
        new Shape(join, spec.bottleneck(), name(spec.activation()), spec.scaling(), spec.dropout());
    return new BottleneckAdapter(owner, shape, modules, initial);
  }

  static BottleneckAdapter parallel(
      NDManager owner, AdapterSpec.Parallel spec, List<LinearModule> modules, Initializer initial) {
    Shape shape =
        new Shape(
            Join.PARALLEL,
            spec.bottleneck(),
            name(spec.activation()),
            spec.scaling(),
            spec.dropout());
    return new BottleneckAdapter(owner, shape, modules, initial);
  }

  private static String name(AdapterSpec.Activation activation) {
    return activation.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    Pair pair = pairs.get(module);
    if (pair == null) {
      return linear;
    }
    return (scope, x) ->
        linear
            .kernels()
            .bottleneck(
                scope,
                shape.join.kernel(),
                x,
                linear.weight(),
                linear.bias(),
                pair.down,
                pair.up,
                shape.activation,
                shape.scaling,
                dropout.draw(module));
  }

  @Override
  public Optional<Contribution> contribution(String module) {
    return Optional.ofNullable(pairs.get(module))
        .map(
            pair ->
                new Contribution(
                    shape.join.kind(),
                    pair.down,
                    pair.up,
                    shape.activation,
                    shape.scaling,
                    dropout));
  }

  @Override
  public void startPass(long seed) {
    dropout.startPass(seed);
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
