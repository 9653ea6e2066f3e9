package dev.floe.worker.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.protocol.job.AdapterSpec;
import dev.floe.worker.InvalidJobException;
import dev.floe.worker.config.BackboneConfig;
import java.util.List;

/**
 * Prefix tuning (arXiv 2101.00190) without a projection: V virtual tokens, whose keys and values
 * are trained, {@code [V, layers · 2 · K · D]} with K key-value heads of size D: per token layer by
 * layer, key then value. They start normal with deviation 1, as PEFT starts them. Trained weights:
 * {@code V · layers · 2 · K · D}.
 *
 * <p>Unlike the other adapters it changes the backbone's function from the start: attention cannot
 * pass over a token that is there.
 */
final class PrefixAdapter implements Adapter {
  /** The tensor's name in PEFT's file. */
  static final String TENSOR = "prompt_embeddings";

  private static final double DEVIATION = 1;

  private final NDManager owner;
  private final NDArray prompt;

  /**
   * @throws InvalidJobException when the backbone's context has no room for the tokens
   */
  PrefixAdapter(
      NDManager owner, AdapterSpec.Prefix spec, BackboneConfig config, Initializer initial) {
    if (spec.virtualTokens() >= config.longestContext()) {
      throw new InvalidJobException(
          "adapter.virtual-tokens %d leave no room for text: the backbone's context is %d tokens"
              .formatted(spec.virtualTokens(), config.longestContext()));
    }
    this.owner = owner;
    long[] shape = {
      spec.virtualTokens(), 2L * config.layers() * config.keyValueHeads() * config.headDimension()
    };
    prompt = initial.normal(TENSOR, shape, DEVIATION);
  }

  @Override
  public List<NDArray> prefix() {
    return List.of(prompt);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(new Parameter(TENSOR, prompt));
  }

  @Override
  public void close() {
    owner.close();
  }
}
