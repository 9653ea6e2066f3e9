package dev.floe.protocol.job;

/**
 * What the backbone's weights are kept in and its activations computed in. Trained tensors and the
 * optimizer's state are float32 with either, and so are norms' statistics, softmax and the loss.
 */
public enum ComputeType {
  FLOAT32,
  /** Half the memory, and faster where the processor has instructions for it. */
  BFLOAT16
}
