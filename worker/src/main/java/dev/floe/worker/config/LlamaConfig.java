package dev.floe.worker.config;

import dev.floe.worker.safetensors.DType;

/**
 * A backbone of the LLaMA family: LLaMA itself, Mistral and Qwen2, which differ only in biases.
 *
 * @param hidden width of the residual stream
 * @param intermediate width between the MLP's up and down projections
 * @param heads query heads
 * @param keyValueHeads key and value heads; each serves {@code heads / keyValueHeads} query heads
 * @param headDimension width of one head; {@code heads * headDimension} may differ from hidden
 * @param longestContext positions that the backbone was trained on, or that its rotary embedding
 *     stretches to; or its sliding window where that is shorter: within it, attention to everything
 *     before is the same thing
 * @param queryKeyValueBias whether q_proj, k_proj and v_proj have biases
 * @param outputBias whether o_proj has one
 * @param mlpBias whether gate_proj, up_proj and down_proj have biases
 * @param tiedEmbeddings whether the head's weight is the embedding
 * @param storedType element type that the config gives for the weights; null when it gives none
 */
public record LlamaConfig(
    String modelType,
    int layers,
    int hidden,
    int intermediate,
    int heads,
    int keyValueHeads,
    int headDimension,
    int vocabulary,
    int longestContext,
    double normEpsilon,
    Rope rope,
    boolean queryKeyValueBias,
    boolean outputBias,
    boolean mlpBias,
    boolean tiedEmbeddings,
    double initializerRange,
    DType storedType,
    SpecialTokens specialTokens)
    implements BackboneConfig {

  @Override
  public BackboneLayout layout() {
    return LlamaLayout.of(this);
  }

  @Override
  public <T> T accept(Visitor<T> visitor) {
    return visitor.llama(this);
  }
}
