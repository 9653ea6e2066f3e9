package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What jobs do to their slices of a pass, in groups of neighbours that act alike: the arguments of
 * the kernel {@code act_on_slices}, where their meaning is described.
 */
public final class SliceActions {
  private final List<Group> groups = new ArrayList<>();
  private final List<NDArray> first = new ArrayList<>();
  private final List<NDArray> second = new ArrayList<>();
  private double[] scales = {};

  /** How a group acts. */
  public enum Kind {
    NOTHING(0),
    /** {@code y + scale · second(act(first(x)))}. */
    ADDS_OF_INPUT(1),
    /** {@code y + scale · second(act(first(y)))}. */
    ADDS_OF_OUTPUT(2),
    /** {@code first · y}. */
    MULTIPLIES(3);

    /** What the kernel knows it by. */
    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  private static final class Group {
    private int jobs;
    private int tokens;
    private final Kind kind;
    private int most;
    private final String activation;
    private final double dropout;
    private final long seed;

    private Group(Kind kind, String activation, double dropout, long seed) {
      this.kind = kind;
      this.activation = activation;
      this.dropout = dropout;
      this.seed = seed;
    }
  }

  /**
   * Starts a group; the jobs that are added next belong to it.
   *
   * @param activation between first and second; empty for none
   * @param dropout of what first reads; a group with dropout has one job
   * @param seed of its mask
   */
  public void group(Kind kind, String activation, double dropout, long seed) {
    groups.add(new Group(kind, activation, dropout, seed));
  }

  /**
   * Adds the next job to the last group.
   *
   * @param tokens of its slice
   */
  public void job(int tokens, NDArray first, NDArray second, double scale) {
    Group group = groups.get(groups.size() - 1);
    group.jobs++;
    group.tokens += tokens;
    group.most = Math.max(group.most, Math.toIntExact(first.getShape().get(0)));
    this.first.add(first);
    this.second.add(second);
    scales = Arrays.copyOf(scales, scales.length + 1);
    scales[scales.length - 1] = scale;
  }

  /** Whether no group does anything. */
  public boolean none() {
    return groups.stream().allMatch(group -> group.kind == Kind.NOTHING);
  }

  /** The kernel's arguments, behind those given. */
  Object[] after(Object... leading) {
    Object[] own = {
      groups.stream().mapToInt(group -> group.jobs).toArray(),
      groups.stream().mapToInt(group -> group.tokens).toArray(),
      groups.stream().mapToInt(group -> group.kind.code).toArray(),
      groups.stream().mapToInt(group -> group.most).toArray(),
      groups.stream().map(group -> group.activation).toArray(String[]::new),
      groups.stream().mapToDouble(group -> group.dropout).toArray(),
      groups.stream().mapToLong(group -> group.seed).toArray(),
      first,
      second,
      scales
    };
    Object[] all = Arrays.copyOf(leading, leading.length + own.length);
    System.arraycopy(own, 0, all, leading.length, own.length);
    return all;
  }
}
