package dev.floe.coordinator.vector;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A vector of fixed length that is never changed: replacing an element gives another vector, which
 * shares all but O(log n) of its memory with the first. Equal neighbours are kept once, as far as
 * they fill whole branches: a vector takes room for how often its elements change from one to the
 * next, not for their number. Each branch knows its {@link Measure measurement}, so that elements
 * are found in O(log n) by what they are.
 *
 * <p>Elements are values: equal ones are not told apart.
 *
 * @param <T> the elements; never null
 * @param <M> what is measured of them
 */
public final class PersistentVector<T, M> {
  private static final int BITS = 5;
  private static final int WIDTH = 1 << BITS;

  /** Receives what {@link #forEachStretch} finds. */
  @FunctionalInterface
  public interface StretchVisitor<T> {
    /** Elements {@code from}, inclusive, to {@code to}, exclusive, all equal {@code element}. */
    void visit(int from, int to, T element);
  }

  /** Children of equal width, the last maybe narrower; a child that is no branch fills its own. */
  private static final class Branch {
    private final Object[] children;
    private final Object measured;

    private Branch(Object[] children, Object measured) {
      this.children = children;
      this.measured = measured;
    }
  }

  private final Object root; // a Branch, or one element for all
  private final int size;
  private final int shift; // log2 of the width of the root's children
  private final Measure<T, M> measure;

  private PersistentVector(Object root, int size, int shift, Measure<T, M> measure) {
    this.root = root;
    this.size = size;
    this.shift = shift;
    this.measure = measure;
  }

  /** The vector of {@code size} times the same element. */
  public static <T, M> PersistentVector<T, M> filled(int size, T element, Measure<T, M> measure) {
    if (size < 0) {
      throw new IllegalArgumentException("size must be >= 0, got " + size);
    }
    int shift = 0;
    while ((long) WIDTH << shift < size) {
      shift += BITS;
    }
    return new PersistentVector<>(Objects.requireNonNull(element), size, shift, measure);
  }

  public int size() {
    return size;
  }

  /** Element {@code index}. */
  public T get(int index) {
    Objects.checkIndex(index, size);
    Object node = root;
    for (int level = shift; node instanceof Branch branch; level -= BITS) {
      node = branch.children[(index >>> level) & (WIDTH - 1)];
    }
    return element(node);
  }

  /** The vector with another element at {@code index}. */
  public PersistentVector<T, M> with(int index, T element) {
    Objects.checkIndex(index, size);
    return with(index, index + 1, element);
  }

  /** The vector with the same element at all of {@code from}, inclusive, to {@code to}. */
  public PersistentVector<T, M> with(int from, int to, T element) {
    Objects.checkFromToIndex(from, to, size);
    Objects.requireNonNull(element);
    Object changed = from == to ? root : replace(root, shift, 0, from, to, element);
    return changed == root ? this : new PersistentVector<>(changed, size, shift, measure);
  }

  private Object replace(Object node, int level, int start, int from, int to, T element) {
    int end = end(level + BITS, start);
    if (from <= start && end <= to) {
      return node.equals(element) ? node : element;
    }
    if (node.equals(element)) {
      return node;
    }
    Object[] children =
        node instanceof Branch branch ? branch.children.clone() : split(node, level, start);
    int last = (Math.min(to, end) - 1 - start) >>> level;
    for (int i = Math.max(0, from - start) >>> level; i <= last; i++) {
      children[i] = replace(children[i], level - BITS, start + (i << level), from, to, element);
    }
    return join(children, level, start);
  }

  private Object[] split(Object element, int level, int start) {
    int width = ((end(level + BITS, start) - start - 1) >>> level) + 1;
    Object[] children = new Object[width];
    Arrays.fill(children, element);
    return children;
  }

  private Object join(Object[] children, int level, int start) {
    Object first = children[0];
    if (!(first instanceof Branch) && Arrays.stream(children).allMatch(first::equals)) {
      return first;
    }
    M sum = measure.none();
    for (int i = 0; i < children.length; i++) {
      int from = start + (i << level);
      add(sum, children[i], end(level, from) - from);
    }
    return new Branch(children, sum);
  }

  private void add(M sum, Object node, int width) {
    if (node instanceof Branch branch) {
      measure.add(sum, measured(branch));
    } else {
      measure.add(sum, element(node), width);
    }
  }

  /** The measurement of the whole vector; not to be changed. */
  public M measured() {
    if (root instanceof Branch branch) {
      return measured(branch);
    }
    M sum = measure.none();
    measure.add(sum, element(root), size);
    return sum;
  }

  /**
   * The first element that is wanted.
   *
   * @param mayHold false for the measurement of branches that hold none
   * @return its index, or -1 when there is none
   */
  public int first(Predicate<M> mayHold, Predicate<T> wanted) {
    return size == 0 ? -1 : first(root, shift, 0, mayHold, wanted);
  }

  private int first(Object node, int level, int start, Predicate<M> mayHold, Predicate<T> wanted) {
    if (!(node instanceof Branch branch)) {
      return wanted.test(element(node)) ? start : -1;
    }
    if (mayHold.test(measured(branch))) {
      for (int i = 0; i < branch.children.length; i++) {
        int found = first(branch.children[i], level - BITS, start + (i << level), mayHold, wanted);
        if (found >= 0) {
          return found;
        }
      }
    }
    return -1;
  }

  /** Visits all elements in order, as few stretches of equal ones as there are. */
  public void forEachStretch(StretchVisitor<T> visitor) {
    if (size > 0) {
      Joiner<T> joiner = new Joiner<>(visitor);
      visit(root, shift, 0, joiner);
      joiner.flush();
    }
  }

  private void visit(Object node, int level, int start, Joiner<T> joiner) {
    if (node instanceof Branch branch) {
      for (int i = 0; i < branch.children.length; i++) {
        visit(branch.children[i], level - BITS, start + (i << level), joiner);
      }
    } else {
      joiner.visit(start, end(level + BITS, start), element(node));
    }
  }

  /** Joins stretches that branches keep apart. */
  private static final class Joiner<T> implements StretchVisitor<T> {
    private final StretchVisitor<T> visitor;
    private int from;
    private int to;
    private T element; // null before the first

    private Joiner(StretchVisitor<T> visitor) {
      this.visitor = visitor;
    }

    @Override
    public void visit(int nextFrom, int nextTo, T next) {
      if (!next.equals(element)) {
        flush();
        from = nextFrom;
        element = next;
      }
      to = nextTo;
    }

    private void flush() {
      if (element != null) {
        visitor.visit(from, to, element);
      }
    }
  }

  /** Where the stretch of 2^{@code bits} elements from {@code start} ends. */
  private int end(int bits, int start) {
    return (int) Math.min(size, start + (1L << bits));
  }

  @SuppressWarnings("unchecked") // what is no branch is an element
  private T element(Object node) {
    return (T) node;
  }

  @SuppressWarnings("unchecked") // only join makes branches
  private M measured(Branch branch) {
    return (M) branch.measured;
  }
}
