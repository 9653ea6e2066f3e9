package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the tokens seen so far, per layer {@code [R, K, C, D]}: R rows, K key-value
 * heads, capacity C, head size D. The first of the rows are in use, all of them at the start. Owns
 * its memory.
 */
public final class KeyValueCache implements AutoCloseable {
  private final Kernels kernels;
  private final NDManager owner;

  /** Keys and values of each layer in turn. */
  private final List<NDArray> tensors = new ArrayList<>();

  /** The rows in use of each tensor, which share its memory. */
  private List<NDArray> used;

  private NDManager views;

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
    this.kernels = kernels;
    owner = parent.newSubManager();
    views = owner.newSubManager();
    Shape shape = new Shape(rows, keyValueHeads, capacity, headSize);
    try (NDArray zeros = owner.zeros(shape, DataType.FLOAT32)) {
      for (int i = 0; i < 2 * layers; i++) {
        tensors.add(kernels.toComputeType(owner, zeros));
      }
    }
    used = tensors;
  }

  /** The layer's keys and values. */
  List<NDArray> layer(int layer) {
    return used.subList(2 * layer, 2 * layer + 2);
  }

  /**
   * Goes on with these rows, in this order: a row that is named twice goes on twice. Copies
   * everything.
   */
  public void retain(int[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray index = scope.create(rows);
      for (int i = 0; i < tensors.size(); i++) {
        NDArray whole = tensors.get(i);
        NDArray kept = whole.get(index);
        kept.attach(owner);
        tensors.set(i, kept);
        whole.close();
      }
    }
    used = tensors;
  }

  /** Uses the first {@code rows} rows. */
  public void resize(int rows) {
    views.close();
    views = owner.newSubManager();
    if (rows == tensors.get(0).getShape().get(0)) {
      used = tensors;
      return;
    }
    NDIndex first = new NDIndex().addSliceDim(0, rows);
    used = tensors.stream().map(tensor -> tensor.get(views, first)).toList();
  }

  /**
   * Copies rows over others, all at once.
   *
   * @param positions how many of a row's first positions hold anything
   */
  public void move(int[] from, int[] to, int positions) {
    if (from.length > 0) {
      try (NDManager scope = owner.newSubManager()) {
        kernels.attention().moveRows(tensors, index(scope, from), index(scope, to), positions);
      }
    }
  }

  /** Copies all rows of another cache, which may be shorter, over these. */
  public void join(KeyValueCache others, int[] to) {
    try (NDManager scope = owner.newSubManager()) {
      kernels.attention().joinRows(tensors, others.tensors, index(scope, to));
    }
  }

  private static NDArray index(NDManager scope, int[] rows) {
    long[] wide = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      wide[i] = rows[i];
    }
    return scope.create(wide);
  }

  /**
   * A copy of everything as keys and values before others: {@code [layers, 2, R, K, C, D]}.
   *
   * @param scope owner of the result
   */
  NDArray heads(NDManager scope) {
    try (NDArray all = NDArrays.stack(new NDList(tensors))) {
      Shape each = tensors.get(0).getShape();
      NDArray heads = all.reshape(new Shape(tensors.size() / 2L, 2).addAll(each));
      heads.attach(scope);
      return heads;
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
