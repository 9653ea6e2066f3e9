package dev.floe.worker.adapter;

import ai.djl.ndarray.NDManager;
import dev.floe.worker.backbone.Attachment;
import java.util.List;

/**
 * One job's trained tensors and how they act on the backbone. It owns the tensors; closing frees
 * them. Until its first step, an adapter leaves the backbone's function as it is, or says why not.
 */
public interface Adapter extends Attachment, AutoCloseable {

  /** The trained tensors, in a stable order; gradients are taken from these and no others. */
  List<Parameter> parameters();

  /**
   * What the adapter's file holds: the trained tensors, unless what they come to is enough.
   *
   * @param scope owner of what is made for the file
   */
  default List<Parameter> saved(NDManager scope) {
    return parameters();
  }

  /** Number of trained weights. */
  default long trainableParameters() {
    return parameters().stream().mapToLong(parameter -> parameter.value().size()).sum();
  }

  @Override
  void close();
}
