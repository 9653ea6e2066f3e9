package dev.floe.worker.safetensors;

import java.util.Arrays;

/** What a file's header says of one tensor: its name, element type, shape, and where it lies. */
public final class TensorEntry {
  private final String name;
  private final DType dtype;
  private final long[] shape;
  private final long begin;
  private final long end;

  /**
   * @param begin offset of the first byte within the file's data section
   * @param end offset after the last byte; the caller has checked it against the shape
   */
  TensorEntry(String name, DType dtype, long[] shape, long begin, long end) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.begin = begin;
    this.end = end;
  }

  public String name() {
    return name;
  }

  public DType dtype() {
    return dtype;
  }

  /** The dimensions, outermost first; a scalar has none. */
  public long[] shape() {
    return shape.clone();
  }

  public boolean hasShape(long... expected) {
    return Arrays.equals(shape, expected);
  }

  /** Number of elements. */
  public long elements() {
    return byteLength() / dtype.bytes();
  }

  public long byteLength() {
    return end - begin;
  }

  long begin() {
    return begin;
  }

  long end() {
    return end;
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}
