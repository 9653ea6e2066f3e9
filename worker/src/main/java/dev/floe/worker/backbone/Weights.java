package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import dev.floe.worker.config.BackboneLayout;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Map;

/**
 * The weights that one decoder reads: the backbone's frozen ones, by their Hugging Face names, as
 * the job's {@link Attachment} lets them through.
 */
final class Weights {
  private final Kernels kernels;
  private final BackboneLayout layout;
  private final Map<String, NDArray> frozen;
  private final Attachment attachment;
  private final String path;

  Weights(
      Kernels kernels, BackboneLayout layout, Map<String, NDArray> frozen, Attachment attachment) {
    this(kernels, layout, frozen, attachment, "");
  }

  private Weights(
      Kernels kernels,
      BackboneLayout layout,
      Map<String, NDArray> frozen,
      Attachment attachment,
      String path) {
    this.kernels = kernels;
    this.layout = layout;
    this.frozen = frozen;
    this.attachment = attachment;
    this.path = path;
  }

  /** The weights of one layer, by their names within it. */
  Weights inLayer(int layer) {
    return new Weights(kernels, layout, frozen, attachment, layout.layerPath(layer) + ".");
  }

  NDArray get(String name) {
    NDArray weight = attachment.weight(path + name, frozen.get(path + name));
    if (weight == null) {
      throw new IllegalStateException("the backbone has no weight " + path + name);
    }
    return weight;
  }

  /** The weights or biases of modules that the backbone keeps as one matrix. */
  NDArray stacked(List<String> modules, String suffix) {
    return frozen.get(path + Backbone.stackedName(modules) + suffix);
  }

  LayerNorm norm(String module, double epsilon) {
    return new LayerNorm(kernels, get(module + ".weight"), get(module + ".bias"), epsilon);
  }

  /** The linear module at a path, with the job's adapter on it if there is one. */
  Projection projection(String module, boolean biased) {
    return attachment.projection(path + module, linear(module, biased));
  }

  /** The MLP whose linears are at these paths, with the job's adapter on or beside it. */
  Projection feedForward(String up, String down, boolean biased, String activation) {
    Projection mlp =
        new FeedForward(kernels, projection(up, biased), projection(down, biased), activation);
    return attachment.mlp(BackboneLayout.blockPath(path + down), mlp);
  }

  /** The gated MLP whose linears are at these paths, with the job's adapter on or beside it. */
  Projection gatedFeedForward(
      String gate, String up, String down, boolean biased, String activation) {
    Projection mlp =
        new GatedFeedForward(
            kernels,
            projection(gate, biased),
            projection(up, biased),
            projection(down, biased),
            activation);
    return attachment.mlp(BackboneLayout.blockPath(path + down), mlp);
  }

  FrozenLinear linear(String module, boolean biased) {
    List<NDArray> bias = biased ? List.of(get(module + ".bias")) : List.of();
    return new FrozenLinear(kernels, get(module + ".weight"), bias);
  }
}
