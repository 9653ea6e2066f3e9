package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import dev.floe.worker.kernel.SliceActions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A linear module as a bundle of jobs sees it: the frozen matrix reads all tokens at once, each
 * job's adapter acts on its own slice. Where an adapter cannot be taken apart from the matrix, its
 * slice goes through a projection of its own.
 */
final class SlicedLinear implements Projection {
  private final FrozenLinear linear;
  private final String module;
  private final Slices slices;
  private final List<Share> shares = new ArrayList<>();
  private final boolean untouched;

  /**
   * What one job does here.
   *
   * @param whole none, or the projection that the job's slice goes through by itself
   */
  private record Share(Contribution contribution, Optional<Projection> whole) {}

  SlicedLinear(String module, FrozenLinear linear, List<Attachment> jobs, Slices slices) {
    this.linear = linear;
    this.module = module;
    this.slices = slices;
    jobs.forEach(job -> shares.add(share(job)));
    untouched = shares.stream().allMatch(SlicedLinear::nothing);
  }

  private Share share(Attachment job) {
    Optional<Contribution> contribution = job.contribution(module);
    if (contribution.isPresent()) {
      return new Share(contribution.get(), Optional.empty());
    }
    Projection own = job.projection(module, linear);
    Contribution none = Contribution.none(linear);
    return new Share(none, own == linear ? Optional.empty() : Optional.of(own));
  }

  private static boolean nothing(Share share) {
    return share.whole.isEmpty() && share.contribution.kind() == Contribution.Kind.NONE;
  }

  @Override
  public NDArray apply(NDManager scope, NDArray x) {
    if (untouched) {
      return linear.apply(scope, x);
    }
    Kernels kernels = linear.kernels();
    List<NDArray> parts = new ArrayList<>();
    int token = 0;
    for (int job = 0; job < shares.size(); ) {
      int after = endOfRun(job);
      int end = token + slices.size(job, after);
      boolean all = after - job == shares.size();
      NDArray own = all ? x : kernels.rows().rowsOf(scope, x, token, end);
      Optional<Projection> whole = shares.get(job).whole;
      if (token < end) {
        parts.add(
            whole.isPresent() ? whole.get().apply(scope, own) : together(scope, own, job, after));
      }
      token = end;
      job = after;
    }
    return kernels.rows().endToEnd(scope, parts);
  }

  /** Where the run of jobs ends that share the frozen product with this one. */
  private int endOfRun(int job) {
    int end = job + 1;
    if (shares.get(job).whole.isEmpty()) {
      while (end < shares.size() && shares.get(end).whole.isEmpty()) {
        end++;
      }
    }
    return end;
  }

  private NDArray together(NDManager scope, NDArray x, int from, int to) {
    Kernels kernels = linear.kernels();
    SliceActions before = actions(from, to, true);
    NDArray read = before.none() ? x : kernels.rows().actOnSlices(scope, x, x, before);
    SliceActions behind = actions(from, to, false);
    return behind.none()
        ? linear.apply(scope, read)
        : kernels.rows().slicedLinear(scope, read, linear.weight(), linear.bias(), behind);
  }

  /** What the jobs do before the frozen product, or behind it. */
  private SliceActions actions(int from, int to, boolean before) {
    SliceActions actions = new SliceActions();
    Contribution last = null;
    int length = 0;
    for (int job = from; job < to; job++) {
      if (slices.size(job) == 0) {
        continue;
      }
      Contribution own = shares.get(job).contribution;
      SliceActions.Kind kind = own.kind().action(before);
      boolean joins = last != null && joins(last, length, own, slices.size(job), before);
      if (!joins) {
        actions.group(kind, own.activationName(), own.dropout().probability(), own.seed(module));
      }
      actions.job(slices.size(job), own.first(), own.second(), own.scale());
      last = own;
      length = slices.size(job);
    }
    return actions;
  }

  private static boolean joins(
      Contribution last, int lastLength, Contribution own, int length, boolean before) {
    boolean idle = last.kind().action(before) == SliceActions.Kind.NOTHING;
    boolean idleToo = own.kind().action(before) == SliceActions.Kind.NOTHING;
    return idle ? idleToo : !idleToo && lastLength == length && last.joins(own);
  }
}
