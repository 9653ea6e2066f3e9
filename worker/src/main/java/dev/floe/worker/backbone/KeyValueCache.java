package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the tokens seen so far, per layer {@code [R, K, C, D]}: R rows, K key-value
 * heads, capacity C, head size D. Owns its memory.
 */
public final class KeyValueCache implements AutoCloseable {
  private final NDManager owner;
  private final List<NDArray> keys = new ArrayList<>();
  private final List<NDArray> values = new ArrayList<>();

  /**
   * Makes an empty cache.
   *
   * @param capacity longest row, prompt and continuation together
   */
  public KeyValueCache(
      Kernels kernels,
      NDManager parent,
      int layers,
      int rows,
      int keyValueHeads,
      int capacity,
      int headSize) {
    owner = parent.newSubManager();
    Shape shape = new Shape(rows, keyValueHeads, capacity, headSize);
    try (NDArray zeros = owner.zeros(shape, DataType.FLOAT32)) {
      for (int layer = 0; layer < layers; layer++) {
        keys.add(kernels.toComputeType(owner, zeros));
        values.add(kernels.toComputeType(owner, zeros));
      }
    }
  }

  /** The layer's keys and values. */
  List<NDArray> layer(int layer) {
    return List.of(keys.get(layer), values.get(layer));
  }

  /**
   * Goes on with these rows, in this order: finished ones leave the batch, and a row that is named
   * twice goes on twice.
   */
  public void retain(int[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray index = scope.create(rows);
      for (int layer = 0; layer < keys.size(); layer++) {
        retain(keys, layer, index);
        retain(values, layer, index);
      }
    }
  }

  private void retain(List<NDArray> tensors, int layer, NDArray index) {
    NDArray whole = tensors.get(layer);
    NDArray kept = whole.get(index);
    kept.attach(owner);
    tensors.set(layer, kept);
    whole.close();
  }

  @Override
  public void close() {
    owner.close();
  }
}
