package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.data.TrainingRow;
import dev.floe.worker.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A backbone with the adapters of several jobs on it. One pass runs the rows of all of them, laid
 * end to end, a slice for each job: what is frozen is computed once for all tokens. It owns
 * nothing.
 */
public final class BundleDecoder {
  private final Kernels kernels;
  private final List<Attachment> jobs;
  private final Slices slices = new Slices();
  private final LayerStack stack;
  private final AttentionScheme scheme;
  private final FrozenPrefix prefix;

  /**
   * @param stacks makes the layers as an attachment changes them
   * @param prefix the layers at the bottom that no job changes
   */
  BundleDecoder(
      Kernels kernels,
      AttentionScheme scheme,
      StackOf stacks,
      List<Attachment> jobs,
      FrozenPrefix prefix) {
    this.kernels = kernels;
    this.scheme = scheme;
    this.jobs = List.copyOf(jobs);
    this.stack = stacks.with(new BundleAttachment(kernels, this.jobs, slices));
    this.prefix = prefix;
  }

  /** Makes the layers as an attachment changes them. */
  @FunctionalInterface
  interface StackOf {
    LayerStack with(Attachment attachment);
  }

  /**
   * What a pass gives one job.
   *
   * @param batch its rows
   * @param hidden states of their tokens after the last norm, {@code [N, hidden]}
   */
  public record Output(PackedBatch batch, NDArray hidden) {}

  /**
   * Runs the rows of every job.
   *
   * @param scope owner of the result
   * @param rows of each job, in the jobs' order
   */
  public List<Output> forward(NDManager scope, List<List<TrainingRow>> rows) {
    return prefix.layers() > 0 ? aboveThePrefix(scope, rows) : fromTheEmbedding(scope, rows);
  }

  private List<Output> fromTheEmbedding(NDManager scope, List<List<TrainingRow>> rows) {
    List<PackedBatch> batches = rows.stream().map(own -> PackedBatch.of(scope, own)).toList();
    List<JobInput> inputs = new ArrayList<>();
    for (int job = 0; job < jobs.size(); job++) {
      inputs.add(JobInput.of(scope, kernels, stack.embedding(), jobs.get(job), batches.get(job)));
    }
    slices.set(inputs.stream().mapToInt(JobInput::size).toArray());
    NDArray vectors =
        kernels.rows().endToEnd(scope, inputs.stream().map(JobInput::vectors).toList());
    Attention attention = new SlicedAttention(scope, kernels, scheme, jobs, rows, inputs, slices);
    NDArray stream = stack.embed(scope, vectors, attention.positions());
    NDArray hidden = layers(scope, stream, 0, attention);
    List<Output> outputs = new ArrayList<>();
    for (int job = 0; job < jobs.size(); job++) {
      NDArray own = inputs.get(job).real(scope, kernels, slice(scope, hidden, job));
      outputs.add(new Output(batches.get(job), own));
    }
    return outputs;
  }

  /** No job has virtual tokens here: those begin at the embedding or in the first layer. */
  private List<Output> aboveThePrefix(NDManager scope, List<List<TrainingRow>> rows) {
    List<PackedBatch> batches = rows.stream().map(own -> PackedBatch.of(scope, own)).toList();
    slices.set(batches.stream().mapToInt(PackedBatch::size).toArray());
    List<TrainingRow> all = rows.stream().flatMap(List::stream).toList();
    PackedBatch batch = jobs.size() == 1 ? batches.get(0) : PackedBatch.of(scope, all);
    NDArray stream = prefix.states(scope, all);
    Attention attention = new CausalAttention(kernels, scheme, Attachment.NONE).rows(scope, batch);
    NDArray hidden = layers(scope, stream, prefix.layers(), attention);
    List<Output> outputs = new ArrayList<>();
    for (int job = 0; job < jobs.size(); job++) {
      outputs.add(new Output(batches.get(job), slice(scope, hidden, job)));
    }
    return outputs;
  }

  private NDArray slice(NDManager scope, NDArray hidden, int job) {
    if (jobs.size() == 1) {
      return hidden;
    }
    return kernels.rows().rowsOf(scope, hidden, slices.size(0, job), slices.size(0, job + 1));
  }

  /** A layer's intermediates die with its scope; what the backward pass needs, autograd keeps. */
  private NDArray layers(NDManager scope, NDArray start, int from, Attention attention) {
    NDArray stream = start;
    for (int layer = from; layer < scheme.layers(); layer++) {
      try (NDManager inner = scope.newSubManager()) {
        NDArray next = stack.layer(inner, layer, stream, attention);
        next.attach(scope);
        stream.close();
        stream = next;
      }
    }
    return stack.finish(scope, stream);
  }

  /** The matrix that turns hidden states into logits, {@code [vocabulary, hidden]}. */
  public NDArray head() {
    return stack.head();
  }

  /** The head's bias: none, or one {@code [vocabulary]}. */
  public List<NDArray> headBias() {
    return stack.headBias();
  }
}
