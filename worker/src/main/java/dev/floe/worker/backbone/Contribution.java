package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.kernel.SliceActions;

/**
 * What one job's adapter does at one linear module {@code y = W x}, apart from the frozen product.
 *
 * @param first LoRA's A or a bottleneck's down {@code [rank, features]}, or (IA)³'s factors
 * @param second LoRA's B or a bottleneck's up {@code [features, rank]}; of no meaning for factors
 * @param activationName between first and second; empty for none
 * @param scale what is added is multiplied by
 */
public record Contribution(
    Kind kind,
    NDArray first,
    NDArray second,
    String activationName,
    double scale,
    Dropout dropout) {
  private static final Dropout NEVER = new Dropout(0);

  /** Where it acts. */
  public enum Kind {
    /** Nowhere: the linear stays as it is. */
    NONE,
    /** {@code y + scale · second(act(first(x)))}: LoRA, parallel. */
    BESIDE,
    /** {@code y + scale · second(act(first(y)))}: series on what comes out. */
    BEHIND,
    /** {@code W (x + scale · second(act(first(x))))}: series on what goes in. */
    BEFORE,
    /** {@code first · y}. */
    SCALES_OUTPUT,
    /** {@code W (first · x)}. */
    SCALES_INPUT;

    /** What is done before the frozen product, or behind it. */
    SliceActions.Kind action(boolean before) {
      return switch (this) {
        case NONE -> SliceActions.Kind.NOTHING;
        case BESIDE -> before ? SliceActions.Kind.NOTHING : SliceActions.Kind.ADDS_OF_INPUT;
        case BEHIND -> before ? SliceActions.Kind.NOTHING : SliceActions.Kind.ADDS_OF_OUTPUT;
        case BEFORE -> before ? SliceActions.Kind.ADDS_OF_INPUT : SliceActions.Kind.NOTHING;
        case SCALES_OUTPUT -> before ? SliceActions.Kind.NOTHING : SliceActions.Kind.MULTIPLIES;
        case SCALES_INPUT -> before ? SliceActions.Kind.MULTIPLIES : SliceActions.Kind.NOTHING;
      };
    }
  }

  /** LoRA without more: no activation between A and B. */
  public static Contribution lora(NDArray a, NDArray b, double scale, Dropout dropout) {
    return new Contribution(Kind.BESIDE, a, b, "", scale, dropout);
  }

  /** Factors of what comes out of a linear, or goes into it. */
  public static Contribution factors(NDArray factors, boolean ofInput) {
    Kind kind = ofInput ? Kind.SCALES_INPUT : Kind.SCALES_OUTPUT;
    return new Contribution(kind, factors, factors, "", 1, NEVER);
  }

  /** No contribution, of a job that leaves the linear alone. */
  static Contribution none(FrozenLinear linear) {
    return new Contribution(Kind.NONE, linear.weight(), linear.weight(), "", 1, NEVER);
  }

  /** The seed of its dropout in this pass. */
  long seed(String module) {
    return dropout.seed(module);
  }

  /** Whether both act alike, so that one batched product serves both on slices equally long. */
  boolean joins(Contribution other) {
    return kind == other.kind
        && activationName.equals(other.activationName)
        && !dropout.active()
        && !other.dropout.active();
  }
}
