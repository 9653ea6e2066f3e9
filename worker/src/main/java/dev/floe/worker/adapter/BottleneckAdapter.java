package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.protocol.job.AdapterSpec.Activation;
import dev.floe.protocol.job.AdapterSpec.Beside;
import dev.floe.protocol.job.AdapterSpec.InitWeights;
import dev.floe.protocol.job.Scaling;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.backbone.Contribution;
import dev.floe.worker.backbone.Dropout;
import dev.floe.worker.backbone.FrozenLinear;
import dev.floe.worker.backbone.LinearModule;
import dev.floe.worker.backbone.Projection;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The series (arXiv 1902.00751) and parallel (arXiv 2110.04366) adapters: {@code s · f(x)} with
 * {@code f(x) = up(act(down(dropout(x))))}. With W a linear and x its input it gives
 *
 * <ul>
 *   <li>series behind the linear: {@code y + s · f(y)} with {@code y = W x}
 *   <li>series before it: {@code W (x + s · f(x))}
 *   <li>parallel to it: {@code W x + s · f(x)}
 *   <li>parallel to a layer's whole MLP, whose linears read x: {@code MLP(x) + s · f(x)}; where
 *       attention and MLP stand side by side, this is added to the stream with attention's output
 * </ul>
 *
 * <p>Down is {@code [bottleneck, features in]} and starts normal with deviation 0.02 or by
 * Kaiming's rule, up is {@code [features out, bottleneck]} and starts at zero. s is fixed, or
 * {@code [1]} and trained from 1. Trained weights: {@code bottleneck · (features in + features
 * out)} of f, and 1 for a learned s.
 */
final class BottleneckAdapter implements Adapter {
  private static final double DEVIATION = 0.02;

  private final NDManager owner;
  private final Kernels kernels;
  private final Settings settings;
  private final Dropout dropout;
  private final Map<String, Bottleneck> modules = new HashMap<>();
  private final Map<String, Bottleneck> blocks = new HashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  /** What is the same for every f of the adapter. */
  private record Settings(
      int bottleneck,
      Activation activation,
      Scaling scaling,
      double dropout,
      InitWeights initWeights) {

    String activationName() {
      return activation.name().toLowerCase(Locale.ROOT);
    }

    /** The factor that is not in a bottleneck's own up projection. */
    double fixedScale() {
      return scaling.learned() ? 1 : scaling.factor();
    }
  }

  /** How f joins a linear; the names are the kernels'. */
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

  /**
   * One f.
   *
   * @param join how it joins its linear; of no meaning beside a block
   * @param learnedScale none, or s
   */
  private record Bottleneck(Join join, NDArray down, NDArray up, List<NDArray> learnedScale) {

    /** Up, with a learned s in it: f is linear in up. */
    NDArray scaledUp(NDManager scope) {
      if (learnedScale.isEmpty()) {
        return up;
      }
      NDArray scaled = up.mul(learnedScale.get(0));
      scaled.attach(scope);
      return scaled;
    }
  }

  private BottleneckAdapter(NDManager owner, Kernels kernels, Settings settings) {
    this.owner = owner;
    this.kernels = kernels;
    this.settings = settings;
    this.dropout = new Dropout(settings.dropout);
  }

  static BottleneckAdapter series(
      NDManager owner,
      AdapterSpec.Series spec,
      List<LinearModule> modules,
      Backbone backbone,
      Initializer initial) {
    Join join =
        spec.insertion() == AdapterSpec.Insertion.OUTPUT ? Join.SERIES_OUTPUT : Join.SERIES_INPUT;
    Settings settings =
        new Settings(
            spec.bottleneck(),
            spec.activation(),
            spec.scaling(),
            spec.dropout(),
            spec.initWeights());
    BottleneckAdapter adapter = new BottleneckAdapter(owner, backbone.kernels(), settings);
    adapter.addToModules(join, modules, initial);
    return adapter;
  }

  /**
   * @param modules the linears that it stands beside, or those whose MLPs it stands beside
   */
  static BottleneckAdapter parallel(
      NDManager owner,
      AdapterSpec.Parallel spec,
      List<LinearModule> modules,
      Backbone backbone,
      Initializer initial) {
    Settings settings =
        new Settings(
            spec.bottleneck(),
            spec.activation(),
            spec.scaling(),
            spec.dropout(),
            spec.initWeights());
    BottleneckAdapter adapter = new BottleneckAdapter(owner, backbone.kernels(), settings);
    if (spec.beside() == Beside.PROJECTIONS) {
      adapter.addToModules(Join.PARALLEL, modules, initial);
      return adapter;
    }
    int hidden = backbone.config().hidden();
    for (LinearModule module : modules) {
      adapter.blocks.computeIfAbsent(
          module.block(), path -> adapter.bottleneck(path, Join.PARALLEL, hidden, hidden, initial));
    }
    return adapter;
  }

  private void addToModules(Join join, List<LinearModule> targets, Initializer initial) {
    for (LinearModule target : targets) {
      modules.put(
          target.path(),
          bottleneck(target.path(), join, join.in(target), join.out(target), initial));
    }
  }

  private Bottleneck bottleneck(String path, Join join, int in, int out, Initializer initial) {
    String nameOfDown = path + ".adapter_down.weight";
    long[] shape = {settings.bottleneck, in};
    NDArray down =
        settings.initWeights == InitWeights.NORMAL
            ? initial.normal(nameOfDown, shape, DEVIATION)
            : initial.kaiming(nameOfDown, shape);
    NDArray up = initial.zeros(out, settings.bottleneck);
    parameters.add(new Parameter(nameOfDown, down));
    parameters.add(new Parameter(path + ".adapter_up.weight", up));
    if (!settings.scaling.learned()) {
      return new Bottleneck(join, down, up, List.of());
    }
    NDArray scale = initial.ones(new long[] {1});
    parameters.add(new Parameter(path + ".adapter_scaling", scale));
    return new Bottleneck(join, down, up, List.of(scale));
  }

  @Override
  public Projection projection(String module, FrozenLinear linear) {
    Bottleneck own = modules.get(module);
    if (own == null) {
      return linear;
    }
    return (scope, x) ->
        kernels
            .adapters()
            .bottleneck(
                scope,
                own.join.kernel(),
                x,
                linear.weight(),
                linear.bias(),
                own.down,
                own.scaledUp(scope),
                settings.activationName(),
                settings.fixedScale(),
                dropout.draw(module));
  }

  /** A learned s is no number that is known beforehand. */
  @Override
  public Optional<Contribution> contribution(String module) {
    return settings.scaling.learned()
        ? Optional.empty()
        : Optional.ofNullable(modules.get(module))
            .map(
                own ->
                    new Contribution(
                        own.join.kind(),
                        own.down,
                        own.up,
                        settings.activationName(),
                        settings.scaling.factor(),
                        dropout));
  }

  @Override
  public void startPass(long seed) {
    dropout.startPass(seed);
  }

  @Override
  public Projection mlp(String block, Projection mlp) {
    Bottleneck own = blocks.get(block);
    if (own == null) {
      return mlp;
    }
    return (scope, x) ->
        kernels
            .adapters()
            .beside(
                scope,
                mlp.apply(scope, x),
                x,
                own.down,
                own.scaledUp(scope),
                settings.activationName(),
                settings.fixedScale(),
                dropout.draw(block));
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
