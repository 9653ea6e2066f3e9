package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A batch whose rows stand behind V virtual tokens each: M = N + R · V tokens in all.
 *
 * @param batch the longer rows; its labels and picks are the shorter batch's and mean nothing here
 * @param sources {@code [M]}, int64: where each token's embedding is, in those of the N real tokens
 *     followed by those of the V virtual ones
 * @param real {@code [N]}, int64: where the real tokens are
 */
record PromptedBatch(PackedBatch batch, NDArray sources, NDArray real) {

  static PromptedBatch of(NDManager scope, PackedBatch shorter, int virtual) {
    long[] inRow = shorter.positions().toLongArray();
    int count = inRow.length + shorter.rows() * virtual;
    int longest = shorter.longest() + virtual;
    long[] positions = new long[count];
    long[] slots = new long[count];
    long[] sources = new long[count];
    long[] real = new long[inRow.length];
    int at = 0;
    int row = -1;
    for (int i = 0; i < inRow.length; i++) {
      if (inRow[i] == 0) {
        row++;
        for (int v = 0; v < virtual; v++, at++) {
          positions[at] = v;
          slots[at] = (long) row * longest + v;
          sources[at] = (long) inRow.length + v;
        }
      }
      positions[at] = virtual + inRow[i];
      slots[at] = (long) row * longest + positions[at];
      sources[at] = i;
      real[i] = at++;
    }
    PackedBatch batch =
        new PackedBatch(
            shorter.tokens(),
            scope.create(positions),
            scope.create(slots),
            shorter.picks(),
            shorter.labels(),
            shorter.rows(),
            longest,
            shorter.labelled());
    return new PromptedBatch(batch, scope.create(sources), scope.create(real));
  }
}
