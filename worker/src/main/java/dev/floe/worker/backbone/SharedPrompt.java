package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The beginning that many prompts have in common, run once under each of A adapters.
 *
 * @param heads its keys and values, and before them those of the adapter's V virtual tokens: {@code
 *     [layers, 2, A, K, V + tokens, D]}
 * @param tokens how many of a prompt's tokens it stands for
 */
public record SharedPrompt(NDArray heads, int tokens) {

  /**
   * The beginning as rows see it: under one adapter it stands for all of them.
   *
   * @param owners the adapter of each row
   */
  SharedPrompt of(NDManager scope, int[] owners) {
    if (heads.getShape().get(2) == 1) {
      return this;
    }
    try (NDManager inner = scope.newSubManager()) {
      NDArray byAdapter = heads.swapAxes(0, 2);
      NDArray byRow = byAdapter.get(inner.create(owners));
      NDArray rows = byRow.swapAxes(0, 2);
      byAdapter.close();
      byRow.close();
      rows.attach(scope);
      return new SharedPrompt(rows, tokens);
    }
  }
}
