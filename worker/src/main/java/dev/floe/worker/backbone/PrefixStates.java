package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.data.TrainingRow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What came out of a backbone's lower layers for rows that ran before, in a bounded amount of
 * memory. When it is full nothing more is kept until the backbone leaves: rows come round in turn,
 * so whatever made room for a new one would be the next to be missed.
 */
public final class PrefixStates implements AutoCloseable {
  private final NDManager owner;
  private final long bound;
  private final Map<Key, NDArray> states = new LinkedHashMap<>();
  private long bytes;

  /** A row is itself: data sets are kept as long as their backbone, and so are their rows. */
  private record Key(TrainingRow row, int layers) {}

  /**
   * An empty cache.
   *
   * @param bound bytes that may be kept; 0 for none
   */
  PrefixStates(NDManager parent, long bound) {
    this.owner = parent.newSubManager();
    this.bound = bound;
  }

  /**
   * The states of a row behind so many layers, computed where they are not kept.
   *
   * @param scope owner of the result unless it is kept
   */
  NDArray get(NDManager scope, TrainingRow row, int layers, Supplier<NDArray> compute) {
    Key key = new Key(row, layers);
    NDArray known = states.get(key);
    if (known != null) {
      return known;
    }
    NDArray made = compute.get();
    long size = made.size() * Float.BYTES;
    if (bytes + size <= bound) {
      made.attach(owner);
      states.put(key, made);
      bytes += size;
    }
    return made;
  }

  /** Bytes that are kept. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    owner.close();
  }
}
