package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.backbone.Backbone;
import dev.floe.worker.config.BackboneConfig;
import java.util.List;

/**
 * Prefix tuning (arXiv 2101.00190): keys and values of V virtual tokens, {@code [V, layers · 2 · K
 * · D]} with K key-value heads of size D: per token layer by layer, key then value. They start
 * normal with deviation 1, as PEFT starts them. Trained weights: {@code V · layers · 2 · K · D}.
 *
 * <p>With a projection, an embedding {@code [V, K · D]} and two linears with h hidden features make
 * them: {@code V · K · D + (K · D + 1) · h + (h + 1) · layers · 2 · K · D} weights.
 *
 * <p>Unlike most adapters it changes the backbone's function from the start: attention cannot pass
 * over a token that is there.
 */
final class PrefixAdapter extends VirtualTokenAdapter {
  /**
   * @throws InvalidJobException when the backbone's context has no room for the tokens
   */
  PrefixAdapter(NDManager owner, AdapterSpec.Prefix spec, Backbone backbone, Initializer initial) {
    super(owner, tokens(spec, backbone, initial));
  }

  private static VirtualTokens tokens(
      AdapterSpec.Prefix spec, Backbone backbone, Initializer initial) {
    BackboneConfig config = backbone.config();
    VirtualTokens.checkRoom(spec.virtualTokens(), config);
    int keys = config.keyValueHeads() * config.headDimension();
    int all = 2 * config.layers() * keys;
    int hidden = spec.encoderSize() == 0 ? keys : spec.encoderSize();
    return spec.projection()
        ? VirtualTokens.projected(
            backbone.kernels(), initial, spec.virtualTokens(), keys, hidden, all)
        : VirtualTokens.plain(initial, spec.virtualTokens(), all);
  }

  @Override
  public List<NDArray> prefix(NDManager scope) {
    return List.of(tokens().vectors(scope));
  }

  @Override
  public int prefixTokens() {
    return tokens().count();
  }
}
