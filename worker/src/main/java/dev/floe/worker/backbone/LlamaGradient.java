package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.config.LlamaConfig;
import dev.floe.worker.config.LlamaLayout;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.GradientKernels;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * LLaMA's forward and backward pass for low-rank adapters, without autograd; {@code explicit.py}
 * has the arithmetic. Layers below the lowest adapted one keep nothing and have no backward pass.
 */
final class LlamaGradient implements ExplicitGradient {
  /** Logits in memory at a time. */
  private static final int LOGITS = 1 << 22;

  private static final int FEWEST_ROWS = 64;

  private final Kernels kernels;
  private final GradientKernels explicit;
  private final LlamaConfig config;
  private final CausalAttention attention;
  private final NDArray embedding;
  private final NDArray finalNorm;
  private final NDArray head;
  private final List<Layer> layers;
  private final List<NDArray> trained;
  private final int lowest;

  /**
   * @param weights as the layer's kernels take them
   * @param biases none, or one per product
   * @param slots what sits on q, k, v, output, gate, up and down
   */
  private record Layer(List<NDArray> weights, List<NDArray> biases, List<Slot> slots) {
    boolean adapted() {
      return slots.stream().anyMatch(Slot::present);
    }
  }

  /** A projection's low-rank update, null when there is none, and the width that it reads. */
  private record Slot(LowRankLinear update, int in) {
    static Slot of(Projection projection) {
      return projection instanceof LowRankLinear update
          ? new Slot(update, update.linear().in())
          : new Slot(null, 0);
    }

    boolean present() {
      return update != null;
    }

    boolean drops() {
      return present() && update.dropout().inTraining() > 0;
    }

    List<NDArray> tensors() {
      return present() ? List.of(update.a(), update.b()) : List.of();
    }
  }

  LlamaGradient(Kernels kernels, LlamaConfig config, Weights weights, CausalAttention attention) {
    this.kernels = kernels;
    this.explicit = kernels.gradients();
    this.config = config;
    this.attention = attention;
    embedding = weights.get(LlamaLayout.EMBEDDING);
    finalNorm = weights.get(LlamaLayout.FINAL_NORM);
    head = config.tiedEmbeddings() ? embedding : weights.get(LlamaLayout.HEAD);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(config, weights.inLayer(index)))
            .toList();
    trained =
        layers.stream()
            .flatMap(layer -> layer.slots.stream())
            .flatMap(slot -> slot.tensors().stream())
            .toList();
    lowest =
        IntStream.range(0, layers.size())
            .filter(index -> layers.get(index).adapted())
            .findFirst()
            .orElseThrow();
  }

  /** Whether the kernels cover this config: biases on all products or on none. */
  static boolean covers(LlamaConfig config) {
    boolean biased = config.queryKeyValueBias();
    return config.outputBias() == biased && config.mlpBias() == biased;
  }

  private static Layer layer(LlamaConfig config, Weights weights) {
    List<NDArray> matrices =
        List.of(
            weights.get(LlamaLayout.INPUT_NORM),
            weights.stacked(LlamaLayout.READ_BY_ATTENTION, ".weight"),
            weights.get(LlamaLayout.OUTPUT + ".weight"),
            weights.get(LlamaLayout.POST_ATTENTION_NORM),
            weights.stacked(LlamaLayout.READ_BY_MLP, ".weight"),
            weights.get(LlamaLayout.DOWN + ".weight"));
    boolean biased = config.queryKeyValueBias();
    List<NDArray> biases =
        biased
            ? List.of(
                weights.stacked(LlamaLayout.READ_BY_ATTENTION, ".bias"),
                weights.get(LlamaLayout.OUTPUT + ".bias"),
                weights.stacked(LlamaLayout.READ_BY_MLP, ".bias"),
                weights.get(LlamaLayout.DOWN + ".bias"))
            : List.of();
    List<Slot> slots =
        Stream.of(
                LlamaLayout.QUERY,
                LlamaLayout.KEY,
                LlamaLayout.VALUE,
                LlamaLayout.OUTPUT,
                LlamaLayout.GATE,
                LlamaLayout.UP,
                LlamaLayout.DOWN)
            .map(module -> Slot.of(weights.projection(module, biased)))
            .toList();
    return new Layer(matrices, biases, slots);
  }

  @Override
  public List<NDArray> trained() {
    return trained;
  }

  @Override
  public Result run(NDManager scope, PackedBatch batch, double factor, long seed) {
    try (GradMode mode = GradMode.off();
        NDManager inner = scope.newSubManager()) {
      return new Pass(inner, batch, factor).run(scope, seed);
    }
  }

  /** One micro-batch on its way up and down. */
  private final class Pass {
    private final NDManager scope;
    private final PackedBatch batch;
    private final double factor;
    private final List<NDArray> rotary;
    private final long[] ends;
    private final List<List<NDArray>> tapes = new ArrayList<>();
    private final List<List<List<NDArray>>> slots = new ArrayList<>();

    Pass(NDManager scope, PackedBatch batch, double factor) {
      this.scope = scope;
      this.batch = batch;
      this.factor = factor;
      rotary = attention.rows(scope, batch).angles();
      ends = batch.ends();
    }

    Result run(NDManager gradientScope, long seed) {
      NDArray stream = kernels.embed(scope, batch.tokens(), embedding);
      NDArray mask = explicit.call(scope, "causal_mask", stream, batch.longest()).get(0);
      for (int index = 0; index < layers.size(); index++) {
        stream = forward(index, stream, mask, seed);
      }
      List<NDArray> top =
          explicit.call(
              scope,
              "label_gradient",
              stream,
              finalNorm,
              config.normEpsilon(),
              batch.picks(),
              batch.labels(),
              head,
              factor,
              Math.max(FEWEST_ROWS, LOGITS / config.vocabulary()));
      return new Result(top.get(0).getFloat(), backward(top.get(1), gradientScope));
    }

    private NDArray forward(int index, NDArray stream, NDArray mask, long seed) {
      Layer layer = layers.get(index);
      List<List<NDArray>> present = slots(layer, stream, seed);
      List<NDArray> tape =
          explicit.call(
              scope,
              "llama_layer",
              stream,
              layer.weights,
              layer.biases,
              present.get(0),
              present.get(1),
              present.get(2),
              present.get(3),
              present.get(4),
              present.get(5),
              present.get(6),
              scale(layer),
              rotary,
              mask,
              ends,
              config.heads(),
              config.keyValueHeads(),
              config.normEpsilon());
      if (index < lowest) {
        tape.subList(1, tape.size()).forEach(NDArray::close);
      }
      tapes.add(tape);
      slots.add(present);
      return tape.get(0);
    }

    private List<NDArray> backward(NDArray top, NDManager gradientScope) {
      List<List<NDArray>> gradients = new ArrayList<>();
      NDArray of = top;
      for (int index = layers.size() - 1; index >= lowest; index--) {
        List<NDArray> result = backward(index, of);
        tapes.get(index).forEach(NDArray::close);
        int own = result.size();
        if (index > lowest) {
          own--;
          of = result.get(own);
        }
        gradients.add(0, result.subList(0, own));
      }
      List<NDArray> all = gradients.stream().flatMap(List::stream).toList();
      all.forEach(gradient -> gradient.attach(gradientScope));
      return all;
    }

    private List<NDArray> backward(int index, NDArray of) {
      Layer layer = layers.get(index);
      List<List<NDArray>> present = slots.get(index);
      return explicit.call(
          scope,
          "llama_layer_gradient",
          of,
          tapes.get(index),
          layer.weights,
          present.get(0),
          present.get(1),
          present.get(2),
          present.get(3),
          present.get(4),
          present.get(5),
          present.get(6),
          scale(layer),
          rotary,
          ends,
          config.heads(),
          config.keyValueHeads(),
          index > lowest);
    }

    /** What sits on the layer's projections, with masks where there is dropout. */
    private List<List<NDArray>> slots(Layer layer, NDArray stream, long seed) {
      List<List<NDArray>> slots = new ArrayList<>();
      for (Slot slot : layer.slots) {
        slots.add(slot.drops() ? masked(slot, stream, seed) : slot.tensors());
      }
      return slots;
    }

    private List<NDArray> masked(Slot slot, NDArray stream, long seed) {
      LowRankLinear update = slot.update;
      double dropout = update.dropout().inTraining();
      NDArray mask =
          explicit.keepMask(scope, stream, slot.in(), dropout, Dropout.seed(seed, update.module()));
      return List.of(update.a(), update.b(), mask);
    }
  }

  @Override
  public boolean drops() {
    return layers.stream().anyMatch(layer -> layer.slots.stream().anyMatch(Slot::drops));
  }

  private static double scale(Layer layer) {
    return layer.slots.stream()
        .filter(Slot::present)
        .mapToDouble(slot -> slot.update.scale())
        .findFirst()
        .orElse(1);
  }
}
