package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.protocol.job.ComputeType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The kernel library: one typed method per TorchScript kernel of {@code kernels.py}, where shapes
 * are described. A kernel does a block's worth of work, since a call costs 20 to 30 microseconds.
 *
 * <p>Results belong to the scope that is passed; what a kernel makes on the way is freed as it
 * goes. Calls follow the thread's {@link GradMode}. Calls from several threads are safe.
 */
public final class Kernels {
  private static final byte[] ARCHIVE = KernelArchive.pack("Kernels", source());

  private final NativeModule module;
  private final ComputeType type;

  private Kernels(NativeModule module, ComputeType type) {
    this.module = module;
    this.type = type;
  }

  /**
   * Loads the library; it lives as long as {@code owner}.
   *
   * @param type what embeddings come in, and so everything that is computed from them
   */
  public static Kernels load(NDManager owner, ComputeType type) {
    return new Kernels(NativeModule.load(owner, ARCHIVE), type);
  }

  /**
   * Prepares the calling thread. libtorch's graph optimizer is switched off: it recompiles a kernel
   * after its first runs, and a result must not depend on how often a kernel ran before.
   */
  public static void prepareThread() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** A copy in the type of compute, which DJL may have no name for: only kernels can read it. */
  public NDArray toComputeType(NDManager scope, NDArray x) {
    return module.call(scope, "cast", x, number(type));
  }

  /** A copy in float32, which trained tensors are kept in. */
  public NDArray toFloat32(NDManager scope, NDArray x) {
    return module.call(scope, "cast", x, number(ComputeType.FLOAT32));
  }

  /** The number that libtorch knows a type by. */
  private static int number(ComputeType type) {
    return switch (type) {
      case FLOAT32 -> 6;
      case BFLOAT16 -> 15;
    };
  }

  public NDArray embed(NDManager scope, NDArray ids, NDArray table) {
    return module.call(scope, "embed", ids, table, number(type));
  }

  public NDArray linear(NDManager scope, NDArray x, NDArray weight, List<NDArray> bias) {
    return module.call(scope, "linear", x, weight, bias);
  }

  public NDArray rmsNorm(NDManager scope, NDArray x, NDArray weight, double epsilon) {
    return module.call(scope, "rms_norm", x, weight, epsilon);
  }

  public NDArray layerNorm(
      NDManager scope, NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return module.call(scope, "layer_norm", x, weight, bias, epsilon);
  }

  /** A plain sum needs no kernel: the engine's own call costs a tenth. */
  public NDArray add(NDManager scope, NDArray x, NDArray y) {
    NDArray sum = x.add(y);
    sum.attach(scope);
    return sum;
  }

  public NDArray activate(NDManager scope, NDArray x, String activation) {
    return module.call(scope, "activate", x, activation);
  }

  /** The sum of {@code x} and {@code y}, and that sum's norm. */
  public NDArray[] addRmsNorm(
      NDManager scope, NDArray x, NDArray y, NDArray weight, double epsilon) {
    return module.callForPair(scope, "add_rms_norm", x, y, weight, epsilon);
  }

  /** {@code activation(gate) · up}. */
  public NDArray gated(NDManager scope, NDArray gate, NDArray up, String activation) {
    return module.call(scope, "gated", gate, up, activation);
  }

  public NDArray lora(
      NDManager scope,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray a,
      NDArray b,
      List<NDArray> lengths,
      double scale,
      double dropout) {
    return module.call(scope, "lora", x, weight, bias, a, b, lengths, scale, dropout);
  }

  /** The Euclidean length of each row. */
  public NDArray rowLengths(NDManager scope, NDArray matrix) {
    return module.call(scope, "row_lengths", matrix);
  }

  /** Rows of matrices laid end to end. */
  public NDArray pick(NDManager scope, List<NDArray> matrices, NDArray rows) {
    return module.call(scope, "pick", matrices, rows);
  }

  /**
   * Linears with an activation between them.
   *
   * @param weights weight {@code [out, in]} and bias {@code [out]} of each, in turn
   */
  public NDArray mlp(NDManager scope, NDArray x, List<NDArray> weights, String activation) {
    return module.call(scope, "mlp", x, weights, activation);
  }

  /** A bidirectional LSTM over one sequence; see {@code kernels.py}. */
  public NDArray lstm(NDManager scope, NDArray x, List<NDArray> weights, int hidden, int layers) {
    return module.call(scope, "lstm", x, weights, hidden, layers);
  }

  /** A linear with factors for its outputs, or for its inputs. */
  public NDArray ia3(
      NDManager scope,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray factors,
      boolean ofInput) {
    return module.call(scope, "ia3", x, weight, bias, factors, ofInput);
  }

  /**
   * A linear with a bottleneck adapter.
   *
   * @param kind {@code series_output}, {@code series_input} or {@code parallel}
   */
  public NDArray bottleneck(
      NDManager scope,
      String kind,
      NDArray x,
      NDArray weight,
      List<NDArray> bias,
      NDArray down,
      NDArray up,
      String activation,
      double scale,
      double dropout) {
    return module.call(scope, kind, x, weight, bias, down, up, activation, scale, dropout);
  }

  /** A linear whose outputs jobs change, each for its slice of the tokens. */
  public NDArray slicedLinear(
      NDManager scope, NDArray x, NDArray weight, List<NDArray> bias, SliceActions actions) {
    return module.call(scope, "sliced_linear", actions.after(x, weight, bias));
  }

  /** {@code y} with what jobs do to their slices of it, where they read {@code x}. */
  public NDArray actOnSlices(NDManager scope, NDArray x, NDArray y, SliceActions actions) {
    return module.call(scope, "act_on_slices", actions.after(x, y));
  }

  /**
   * Some of a matrix's rows, without a copy.
   *
   * @param to the first row that is not among them
   */
  public NDArray rowsOf(NDManager scope, NDArray x, int from, int to) {
    return module.call(scope, "rows_of", x, from, to);
  }

  /** Matrices laid end to end. */
  public NDArray endToEnd(NDManager scope, List<NDArray> parts) {
    return parts.size() == 1 ? parts.get(0) : module.call(scope, "end_to_end", parts);
  }

  /** cos and sin of the rotary angles at {@code positions}, each {@code [N, P]}. */
  public NDArray[] rotary(
      NDManager scope, NDArray positions, NDArray frequencies, boolean interleaved) {
    return module.callForPair(scope, "rotary", positions, frequencies, interleaved);
  }

  /** The mask of whole rows, for what plain causality does not say: alibi, and virtual tokens. */
  public NDArray rowMask(
      NDManager scope, NDArray slots, int longest, int virtualTokens, List<NDArray> slopes) {
    return module.call(scope, "row_mask", slots, longest, virtualTokens, slopes);
  }

  /**
   * The mask of one more token per row: a cache holds what later positions of shorter rows lack.
   */
  public NDArray stepMask(NDManager scope, NDArray positions, int used, List<NDArray> slopes) {
    return module.call(scope, "step_mask", positions, used, slopes);
  }

  /** Virtual tokens' keys and values as attention wants them; see {@code kernels.py}. */
  public NDArray prefixHeads(NDManager scope, NDArray prompt, int layers, int keyValueHeads) {
    return module.call(scope, "prefix_heads", prompt, layers, keyValueHeads);
  }

  /** Causal self-attention of whole rows laid end to end; see {@code kernels.py}. */
  public NDArray attention(
      NDManager scope,
      List<NDArray> queryKeyValue,
      List<NDArray> rotary,
      boolean interleaved,
      NDArray slots,
      int rows,
      int longest,
      int heads,
      int keyValueHeads,
      List<NDArray> mask,
      List<NDArray> prefix,
      int layer,
      List<NDArray> cache) {
    return module.call(
        scope,
        "attention",
        queryKeyValue,
        rotary,
        interleaved,
        slots,
        rows,
        longest,
        heads,
        keyValueHeads,
        mask,
        prefix,
        layer,
        cache);
  }

  /** One more token per row against the cache, which it is added to. */
  public NDArray attentionStep(
      NDManager scope,
      List<NDArray> queryKeyValue,
      List<NDArray> rotary,
      boolean interleaved,
      NDArray positions,
      int heads,
      int keyValueHeads,
      NDArray mask,
      List<NDArray> cache) {
    return module.call(
        scope,
        "attention_step",
        queryKeyValue,
        rotary,
        interleaved,
        positions,
        heads,
        keyValueHeads,
        mask,
        cache);
  }

  /** Summed cross-entropy over the labelled positions {@code picks}: a scalar. */
  public NDArray labelLoss(
      NDManager scope,
      NDArray hidden,
      NDArray picks,
      NDArray labels,
      NDArray head,
      List<NDArray> bias) {
    return module.call(scope, "label_loss", hidden, picks, labels, head, bias);
  }

  /** The most likely next token at each of {@code picks}. */
  public NDArray choose(
      NDManager scope, NDArray hidden, NDArray picks, NDArray head, List<NDArray> bias) {
    return module.call(scope, "choose", hidden, picks, head, bias);
  }

  /** Overwrites a tensor's values, a parameter's too; both have the same shape. */
  public void assign(NDArray target, NDArray source) {
    try (GradMode mode = GradMode.off();
        NDArray same = module.call(target.getManager(), "assign", target, source)) {
      // the result is the target itself under another handle
    }
  }

  /**
   * The best continuations of every prompt's beams, best first: their summed log-probabilities and
   * their places {@code beam · vocabulary + token}, each {@code [prompts, count]}.
   *
   * @param scores summed log-probability of each beam, {@code [prompts, beams]}
   */
  public NDArray[] bestContinuations(
      NDManager scope,
      NDArray hidden,
      NDArray picks,
      NDArray head,
      List<NDArray> bias,
      NDArray scores,
      int count) {
    return module.callForPair(
        scope, "best_continuations", hidden, picks, head, bias, scores, count);
  }

  /**
   * One AdamW step in place, with clipping to the global norm; gradients are zeroed for the next
   * accumulation.
   *
   * @return the global gradient norm before clipping, a scalar
   */
  public NDArray adamw(
      NDManager scope,
      List<NDArray> values,
      List<NDArray> gradients,
      List<NDArray> means,
      List<NDArray> squares,
      double rate,
      double decay,
      double clip,
      double meanCorrection,
      double squareCorrection) {
    return module.call(
        scope,
        "adamw",
        values,
        gradients,
        means,
        squares,
        rate,
        decay,
        clip,
        meanCorrection,
        squareCorrection);
  }

  private static String source() {
    try (InputStream in = Kernels.class.getResourceAsStream("kernels.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the kernel library is missing from the jar", e);
    }
  }
}
