package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Map;

/**
 * The weights that one decoder reads: the backbone's frozen ones, by their Hugging Face names, as
 * the job's {@link Attachment} lets them through.
 */
final class Weights {
  private final Kernels kernels;
  private final Map<String, NDArray> frozen;
  private final Attachment attachment;

  Weights(Kernels kernels, Map<String, NDArray> frozen, Attachment attachment) {
    this.kernels = kernels;
    this.frozen = frozen;
    this.attachment = attachment;
  }

  NDArray get(String name) {
    NDArray weight = attachment.weight(name, frozen.get(name));
    if (weight == null) {
      throw new IllegalStateException("the backbone has no weight " + name);
    }
    return weight;
  }

  /** The linear module at a path, with the job's adapter on it if there is one. */
  Projection projection(String module, boolean biased) {
    return attachment.projection(module, linear(module, biased));
  }

  FrozenLinear linear(String module, boolean biased) {
    List<NDArray> bias = biased ? List.of(get(module + ".bias")) : List.of();
    return new FrozenLinear(kernels, get(module + ".weight"), bias);
  }
}
