package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** Attention during one run over the layers: which tokens run, and what they may look at. */
interface Attention {

  /** Where each token of the run stands in its row, virtual tokens counted: {@code [N]}, int64. */
  NDArray positions();

  /** cos and sin of the tokens' rotary angles; none where attention rotates nothing. */
  List<NDArray> angles();

  /**
   * Lets the tokens look at what their rows hold.
   *
   * @param queryKeyValue queries {@code [N, H · D]}, keys and values {@code [N, K · D]}; or one
   *     tensor {@code [N, H · 3 · D]} that holds them head by head
   * @return {@code [N, H · D]}
   */
  NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue);
}
