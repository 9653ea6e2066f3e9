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
 * are described. Here are a layer's common parts and the optimizer; the rest is in groups. A kernel
 * does a block's worth of work, since a call costs 20 to 30 microseconds.
 *
 * <p>Results belong to the scope that is passed; what a kernel makes on the way is freed as it
 * goes. Calls follow the thread's {@link GradMode}. Calls from several threads are safe.
 */
public final class Kernels {
  private static final byte[] ARCHIVE =
      KernelArchive.pack("Kernels", source("kernels.py") + source("explicit.py"));

  private final NativeModule module;
  private final ComputeType type;
  private final AttentionKernels attention;
  private final AdapterKernels adapters;
  private final RowKernels rows;
  private final TokenKernels tokens;
  private final GradientKernels gradients;

  private Kernels(NativeModule module, ComputeType type) {
    this.module = module;
    this.type = type;
    this.attention = new AttentionKernels(module);
    this.adapters = new AdapterKernels(module);
    this.rows = new RowKernels(module);
    this.tokens = new TokenKernels(module);
    this.gradients = new GradientKernels(module);
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

  public AttentionKernels attention() {
    return attention;
  }

  public AdapterKernels adapters() {
    return adapters;
  }

  public RowKernels rows() {
    return rows;
  }

  public TokenKernels tokens() {
    return tokens;
  }

  public GradientKernels gradients() {
    return gradients;
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

  /** Overwrites a tensor's values, a parameter's too; both have the same shape. */
  public void assign(NDArray target, NDArray source) {
    try (GradMode mode = GradMode.off();
        NDArray same = module.call(target.getManager(), "assign", target, source)) {
      // the result is the target itself under another handle
    }
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

  private static String source(String name) {
    try (InputStream in = Kernels.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the kernel library is missing from the jar", e);
    }
  }
}
