package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** From hidden states to losses and next tokens. */
public final class TokenKernels {
  private final NativeModule module;

  TokenKernels(NativeModule module) {
    this.module = module;
  }

  /** Summed cross-entropy over the labelled positions {@code picks}: a scalar. */
  public NDArray labelLoss(
      NDManager scope,
      NDArray hidden,
      NDArray picks,
      NDArray labels,
      NDArray head,
      List<NDArray> bias) {
    return module.call(scope, "label_loss", hidden, picks, labels, head, bias);
  }

  /** The most likely next token at each of {@code picks}. */
  public NDArray choose(
      NDManager scope, NDArray hidden, NDArray picks, NDArray head, List<NDArray> bias) {
    return module.call(scope, "choose", hidden, picks, head, bias);
  }

  /**
   * What sampling draws from, most likely first: probabilities, float64 and zero where left out,
   * and the tokens that they are of, each {@code [M, k]}.
   *
   * @param logits {@code [M, vocabulary]}
   * @param topK 0 for all tokens
   */
  public NDArray[] likelyTokens(
      NDManager scope, NDArray logits, double temperature, int topK, double topP) {
    return module.callForPair(scope, "likely_tokens", logits, temperature, topK, topP);
  }

  /**
   * A token drawn at each of {@code picks}.
   *
   * @param draws what each is drawn by, float64 in [0, 1)
   */
  public NDArray sample(
      NDManager scope,
      NDArray hidden,
      NDArray picks,
      NDArray head,
      List<NDArray> bias,
      double temperature,
      int topK,
      double topP,
      NDArray draws) {
    return module.call(scope, "sample", hidden, picks, head, bias, temperature, topK, topP, draws);
  }

  /**
   * The best continuations of every prompt's beams, best first: their summed log-probabilities and
   * their places {@code beam · vocabulary + token}, each {@code [prompts, count]}.
   *
   * @param scores summed log-probability of each beam, {@code [prompts, beams]}
   */
  public NDArray[] bestContinuations(
      NDManager scope,
      NDArray hidden,
      NDArray picks,
      NDArray head,
      List<NDArray> bias,
      NDArray scores,
      int count) {
    return module.callForPair(
        scope, "best_continuations", hidden, picks, head, bias, scores, count);
  }
}
