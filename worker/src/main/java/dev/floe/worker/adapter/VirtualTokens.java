package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneConfig;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors of V virtual tokens, {@code [V, width]}: a trained embedding, or one that an encoder
 * turns into them. The parameters have the names of PEFT's prompt encoder; its file holds what the
 * encoder gives, not the encoder.
 *
 * <p>Linears start uniform in ±1/√in, weights and biases, an LSTM in ±1/√hidden, as PyTorch starts
 * them.
 */
final class VirtualTokens {
  /** The tensor's name in PEFT's file. */
  static final String TENSOR = "prompt_embeddings";

  private static final String EMBEDDING = "prompt_encoder.embedding.weight";
  private static final double DEVIATION = 1;
  private static final int LSTM_LAYERS = 2;

  private final NDArray embedding;
  private final Encoding encoding;
  private final List<Parameter> parameters;

  /** From the embedding to the vectors. */
  @FunctionalInterface
  private interface Encoding {
    NDArray encode(NDManager scope, NDArray embedding);
  }

  private VirtualTokens(NDArray embedding, List<Parameter> encoder, Encoding encoding) {
    this.embedding = embedding;
    this.encoding = encoding;
    parameters = new ArrayList<>();
    parameters.add(new Parameter(encoder.isEmpty() ? TENSOR : EMBEDDING, embedding));
    parameters.addAll(encoder);
  }

  /** Refuses more tokens than a backbone has room for. */
  static void checkRoom(int tokens, BackboneConfig config) {
    if (tokens >= config.longestContext()) {
      throw new InvalidJobException(
          "adapter.virtual-tokens %d leave no room for text: the backbone's context is %d tokens"
              .formatted(tokens, config.longestContext()));
    }
  }

  /** Trained vectors as they are. */
  static VirtualTokens plain(NDArray vectors) {
    return new VirtualTokens(vectors, List.of(), (scope, same) -> same);
  }

  /** Trained vectors that start normal with deviation 1, as PEFT starts them. */
  static VirtualTokens plain(Initializer initial, int tokens, int width) {
    return plain(initial.normal(TENSOR, new long[] {tokens, width}, DEVIATION));
  }

  /** Two linears with tanh between them: prefix tuning's projection. */
  static VirtualTokens projected(
      Kernels kernels, Initializer initial, int tokens, int in, int hidden, int out) {
    List<Parameter> linears = linears(initial, "prompt_encoder.transform.", in, hidden, out);
    return new VirtualTokens(
        embedding(initial, tokens, in),
        linears,
        (scope, x) -> kernels.adapters().mlp(scope, x, values(linears), "tanh"));
  }

  /** Three linears with ReLU between them: p-tuning's MLP. */
  static VirtualTokens mlp(
      Kernels kernels, Initializer initial, int tokens, int width, int hidden) {
    List<Parameter> linears =
        linears(initial, "prompt_encoder.mlp_head.", width, hidden, hidden, width);
    return new VirtualTokens(
        embedding(initial, tokens, width),
        linears,
        (scope, x) -> kernels.adapters().mlp(scope, x, values(linears), "relu"));
  }

  /** A bidirectional LSTM, then two linears with ReLU between them: p-tuning's LSTM. */
  static VirtualTokens lstm(
      Kernels kernels, Initializer initial, int tokens, int width, int hidden) {
    List<Parameter> cells = cells(initial, width, hidden);
    int both = 2 * hidden;
    List<Parameter> linears = linears(initial, "prompt_encoder.mlp_head.", both, both, width);
    List<Parameter> encoder = new ArrayList<>(cells);
    encoder.addAll(linears);
    return new VirtualTokens(
        embedding(initial, tokens, width),
        encoder,
        (scope, x) ->
            kernels
                .adapters()
                .mlp(
                    scope,
                    kernels.adapters().lstm(scope, x, values(cells), hidden, LSTM_LAYERS),
                    values(linears),
                    "relu"));
  }

  private static NDArray embedding(Initializer initial, int tokens, int width) {
    return initial.normal(EMBEDDING, new long[] {tokens, width}, DEVIATION);
  }

  /** Weights and biases; activations between linears count in PyTorch's numbering. */
  private static List<Parameter> linears(Initializer initial, String path, int... widths) {
    List<Parameter> linears = new ArrayList<>();
    for (int i = 0; i + 1 < widths.length; i++) {
      double bound = 1 / Math.sqrt(widths[i]);
      String weight = path + 2 * i + ".weight";
      String bias = path + 2 * i + ".bias";
      long[] shape = {widths[i + 1], widths[i]};
      linears.add(new Parameter(weight, initial.uniform(weight, shape, bound)));
      linears.add(new Parameter(bias, initial.uniform(bias, new long[] {widths[i + 1]}, bound)));
    }
    return linears;
  }

  /** Per layer and direction: input and recurrent weights of four gates, and their biases. */
  private static List<Parameter> cells(Initializer initial, int width, int hidden) {
    List<Parameter> cells = new ArrayList<>();
    long gates = 4L * hidden;
    double bound = 1 / Math.sqrt(hidden);
    for (int layer = 0; layer < LSTM_LAYERS; layer++) {
      long in = layer == 0 ? width : 2L * hidden;
      for (String direction : List.of("", "_reverse")) {
        String suffix = "_l" + layer + direction;
        cells.add(cell(initial, "weight_ih" + suffix, bound, gates, in));
        cells.add(cell(initial, "weight_hh" + suffix, bound, gates, hidden));
        cells.add(cell(initial, "bias_ih" + suffix, bound, gates));
        cells.add(cell(initial, "bias_hh" + suffix, bound, gates));
      }
    }
    return cells;
  }

  private static Parameter cell(Initializer initial, String name, double bound, long... shape) {
    String path = "prompt_encoder.lstm_head." + name;
    return new Parameter(path, initial.uniform(path, shape, bound));
  }

  private static List<NDArray> values(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).toList();
  }

  int count() {
    return Math.toIntExact(embedding.getShape().get(0));
  }

  /** The vectors, which may be the trained tensor itself. */
  NDArray vectors(NDManager scope) {
    return encoding.encode(scope, embedding);
  }

  List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** What PEFT's file holds. */
  List<Parameter> saved(NDManager scope) {
    return List.of(new Parameter(TENSOR, vectors(scope)));
  }
}
