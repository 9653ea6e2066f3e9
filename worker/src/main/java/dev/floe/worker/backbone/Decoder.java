package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A backbone with one job's adapter on it, ready to run. It owns nothing: weights belong to the
 * {@link Backbone}, trained tensors to the adapter.
 */
public final class Decoder {
  private final Kernels kernels;
  private final int layers;
  private final LayerStack stack;
  private final CausalAttention attention;
  private final Attachment attachment;

  Decoder(
      Kernels kernels,
      int layers,
      LayerStack stack,
      CausalAttention attention,
      Attachment attachment) {
    this.kernels = kernels;
    this.attachment = attachment;
    this.layers = layers;
    this.stack = stack;
    this.attention = attention;
  }

  /**
   * Runs whole rows.
   *
   * @param scope owner of the result
   * @return hidden states after the last norm, {@code [N, hidden]}
   */
  public NDArray forward(NDManager scope, PackedBatch batch) {
    return whole(scope, batch, rows -> attention.rows(scope, rows));
  }

  /** Runs whole prompts like {@link #forward} and keeps their keys and values. */
  public NDArray prefill(NDManager scope, PackedBatch batch, KeyValueCache cache) {
    return whole(scope, batch, rows -> attention.prefill(scope, rows, cache));
  }

  /**
   * Runs what follows a beginning that all rows share like {@link #prefill(NDManager, PackedBatch,
   * KeyValueCache)}; the cache gets the beginning's keys and values too.
   */
  public NDArray prefill(
      NDManager scope, PackedBatch batch, KeyValueCache cache, SharedPrompt beginning) {
    NDArray vectors = kernels.embed(scope, batch.tokens(), stack.embedding());
    return run(scope, vectors, attention.prefill(scope, batch, cache, beginning));
  }

  /**
   * Whether rows of up to so many tokens that begin alike can {@link #share} their beginning: where
   * the rotary embedding goes by a row's length, they cannot.
   */
  public boolean canShare(int longest) {
    return attention.isFreeOfLength(
        longest + attachment.prefixTokens() + attachment.promptTokens());
  }

  /**
   * Runs the beginning that many prompts have in common.
   *
   * @param scope owner of the result
   * @param tokens at least one
   */
  public SharedPrompt share(NDManager scope, int[] tokens) {
    try (NDManager inner = scope.newSubManager();
        KeyValueCache cache = newCache(inner, 1, tokens.length)) {
      prefill(inner, PackedBatch.ofPrompts(inner, List.of(tokens)), cache);
      return new SharedPrompt(cache.heads(scope), tokens.length);
    }
  }

  /** Whole rows, behind the job's prompt if it has one; hidden states are those of real tokens. */
  private NDArray whole(
      NDManager scope, PackedBatch batch, Function<PackedBatch, Attention> attend) {
    NDArray vectors = kernels.embed(scope, batch.tokens(), stack.embedding());
    List<NDArray> prompt = attachment.prompt(scope);
    if (prompt.isEmpty()) {
      return run(scope, vectors, attend.apply(batch));
    }
    PromptedBatch prompted = PromptedBatch.of(scope, batch, attachment.promptTokens());
    NDArray both = kernels.rows().pick(scope, List.of(vectors, prompt.get(0)), prompted.sources());
    NDArray hidden = run(scope, both, attend.apply(prompted.batch()));
    return kernels.rows().pick(scope, List.of(hidden), prompted.real());
  }

  /**
   * Runs one more token of every row.
   *
   * @param tokens {@code [R]}
   * @param positions where each token stands in its row, {@code [R]}
   * @return hidden states after the last norm, {@code [R, hidden]}
   */
  public NDArray step(NDManager scope, long[] tokens, long[] positions, KeyValueCache cache) {
    long[] behindPrompt =
        Arrays.stream(positions).map(position -> position + attachment.promptTokens()).toArray();
    NDArray vectors = kernels.embed(scope, scope.create(tokens), stack.embedding());
    return run(scope, vectors, attention.step(scope, behindPrompt, cache));
  }

  /** A layer's intermediates die with its scope; what the backward pass needs, autograd keeps. */
  private NDArray run(NDManager scope, NDArray vectors, Attention pass) {
    NDArray stream = stack.embed(scope, vectors, pass.positions());
    for (int layer = 0; layer < layers; layer++) {
      try (NDManager inner = scope.newSubManager()) {
        NDArray next = stack.layer(inner, layer, stream, pass);
        next.attach(scope);
        stream.close();
        stream = next;
      }
    }
    return stack.finish(scope, stream);
  }

  /**
   * An empty cache that fits this decoder.
   *
   * @param capacity longest row, prompt and continuation together
   */
  public KeyValueCache newCache(NDManager parent, int rows, int capacity) {
    return attention.newCache(parent, rows, attachment.promptTokens() + capacity);
  }

  /** Virtual tokens that a cache holds before a row's own. */
  public int tokensBefore() {
    return attachment.promptTokens() + attachment.prefixTokens();
  }

  /** Gradients without autograd; empty where the architecture or the adapter needs it. */
  public Optional<ExplicitGradient> explicitGradient() {
    return attachment.isLowRankOnly() ? stack.explicitGradient(attention) : Optional.empty();
  }

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  public NDArray head() {
    return stack.head();
  }

  /** The head's bias: none, or one {@code [vocabulary]}. */
  public List<NDArray> headBias() {
    return stack.headBias();
  }
}
