package dev.floe.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.floe.worker.adapter.Parameter;
import dev.floe.worker.kernel.GradMode;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * AdamW (arXiv 1711.05101) with decoupled weight decay, betas 0.9 and 0.999 and epsilon 1e-8, over
 * one adapter's parameters. Owns its moments and the handles of the gradients; closing frees them.
 */
public final class AdamW implements AutoCloseable {
  private static final double MEAN_DECAY = 0.9;
  private static final double SQUARE_DECAY = 0.999;

  private final NDManager owner;
  private final Kernels kernels;
  private final double weightDecay;
  private final double clip;
  private final List<NDArray> values;
  private final List<NDArray> means = new ArrayList<>();
  private final List<NDArray> squares = new ArrayList<>();
  private final List<NDArray> gradients = new ArrayList<>();
  private int steps;

  /**
   * Starts with moments at zero.
   *
   * @param clip largest global gradient norm; 0 for no clipping
   */
  public AdamW(
      NDManager parent,
      Kernels kernels,
      List<Parameter> parameters,
      double weightDecay,
      double clip) {
    this.owner = parent.newSubManager();
    this.kernels = kernels;
    this.weightDecay = weightDecay;
    this.clip = clip;
    this.values = parameters.stream().map(Parameter::value).toList();
    for (NDArray value : values) {
      means.add(owner.zeros(value.getShape(), DataType.FLOAT32));
      squares.add(owner.zeros(value.getShape(), DataType.FLOAT32));
    }
  }

  /**
   * Applies the gradients accumulated since the last step and sets them to zero.
   *
   * @param scope owner of what the step makes on the way
   * @return the global gradient norm before clipping
   */
  public double step(NDManager scope, double rate) {
    steps++;
    try (GradMode mode = GradMode.off()) {
      return kernels
          .adamw(
              scope,
              values,
              gradients(),
              means,
              squares,
              rate,
              weightDecay,
              clip,
              1 - Math.pow(MEAN_DECAY, steps),
              1 - Math.pow(SQUARE_DECAY, steps))
          .getFloat();
    }
  }

  /**
   * Autograd makes a leaf's gradient at the first backward pass and then adds to it in place, so
   * one handle per parameter serves for good.
   */
  private List<NDArray> gradients() {
    if (gradients.isEmpty()) {
      for (NDArray value : values) {
        NDArray gradient = value.getGradient();
        gradient.attach(owner);
        gradients.add(gradient);
      }
    }
    return gradients;
  }

  /** Forgets what a pass that failed may have left: the step starts over. */
  void forgetGradients() {
    try (NDManager scope = owner.newSubManager()) {
      if (gradients.isEmpty()) {
        makeGradients(scope);
      }
      for (NDArray gradient : gradients()) {
        kernels.assign(gradient, scope.zeros(gradient.getShape(), DataType.FLOAT32));
      }
    }
  }

  /** A leaf that no backward pass has reached has no gradient: a pass of zeros reaches all. */
  private void makeGradients(NDManager scope) {
    try (GradMode mode = GradMode.recording()) {
      for (NDArray value : values) {
        NDArray nothing = value.mul(0).sum();
        nothing.attach(scope);
        JniUtils.backward((PtNDArray) nothing, (PtNDArray) scope.ones(new Shape()), false, false);
      }
    }
  }

  /** First moments, in the parameters' order. */
  public List<NDArray> means() {
    return means;
  }

  /** Second moments, in the parameters' order. */
  public List<NDArray> squares() {
    return squares;
  }

  /** Goes on after so many steps whose moments have been put back. */
  public void resumeAfter(int steps) {
    this.steps = steps;
  }

  @Override
  public void close() {
    owner.close();
  }
}
