package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Attention within the rows of several jobs. Neighbours without virtual tokens go together, since
 * rows never look at each other; a job with virtual tokens has its slice to itself.
 */
final class SlicedAttention implements Attention {
  private final Kernels kernels;
  private final List<Run> runs = new ArrayList<>();
  private final NDArray positions;
  private final List<NDArray> angles;

  /** Neighbouring jobs whose tokens, from (inclusive) to (exclusive), are mixed in one call. */
  private record Run(int from, int to, Attention attention) {
    NDArray angle(int index) {
      return attention.angles().get(index);
    }
  }

  SlicedAttention(
      NDManager scope,
      Kernels kernels,
      AttentionScheme scheme,
      List<Attachment> jobs,
      List<List<TrainingRow>> rows,
      List<JobInput> inputs,
      Slices slices) {
    this.kernels = kernels;
    int token = 0;
    for (int job = 0; job < jobs.size(); ) {
      int after = endOfRun(jobs, job);
      PackedBatch batch = inputs.get(job).batch();
      if (after - job > 1) {
        List<TrainingRow> all = rows.subList(job, after).stream().flatMap(List::stream).toList();
        batch = PackedBatch.of(scope, all);
      }
      int end = token + slices.size(job, after);
      Attention attention = new CausalAttention(kernels, scheme, jobs.get(job)).rows(scope, batch);
      runs.add(new Run(token, end, attention));
      token = end;
      job = after;
    }
    positions =
        kernels
            .rows()
            .endToEnd(scope, runs.stream().map(run -> run.attention.positions()).toList());
    angles =
        IntStream.range(0, runs.get(0).attention.angles().size())
            .mapToObj(
                i ->
                    kernels.rows().endToEnd(scope, runs.stream().map(run -> run.angle(i)).toList()))
            .toList();
  }

  private static int endOfRun(List<Attachment> jobs, int job) {
    int end = job + 1;
    if (plain(jobs.get(job))) {
      while (end < jobs.size() && plain(jobs.get(end))) {
        end++;
      }
    }
    return end;
  }

  private static boolean plain(Attachment job) {
    return job.prefixTokens() == 0 && job.promptTokens() == 0;
  }

  @Override
  public NDArray positions() {
    return positions;
  }

  @Override
  public List<NDArray> angles() {
    return angles;
  }

  @Override
  public NDArray mix(NDManager scope, int layer, List<NDArray> queryKeyValue) {
    if (runs.size() == 1) {
      return runs.get(0).attention.mix(scope, layer, queryKeyValue);
    }
    List<NDArray> parts = new ArrayList<>();
    for (Run run : runs) {
      List<NDArray> own =
          queryKeyValue.stream()
              .map(part -> kernels.rows().rowsOf(scope, part, run.from, run.to))
              .toList();
      parts.add(run.attention.mix(scope, layer, own));
    }
    return kernels.rows().endToEnd(scope, parts);
  }
}
