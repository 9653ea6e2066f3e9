package dev.floe.worker.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.floe.worker.kernel.Kernels;
import java.util.List;
import java.util.Optional;

/**
 * One job's slice of a pass as it goes into the layers: its rows' embeddings, behind the job's
 * prompt if it has one.
 *
 * @param batch the rows, virtual tokens of the prompt among them
 * @param vectors {@code [size, width]}
 */
record JobInput(PackedBatch batch, NDArray vectors, Optional<PromptedBatch> prompted) {

  static JobInput of(
      NDManager scope, Kernels kernels, NDArray table, Attachment job, PackedBatch batch) {
    NDArray vectors = kernels.embed(scope, batch.tokens(), table);
    List<NDArray> prompt = job.prompt(scope);
    if (prompt.isEmpty()) {
      return new JobInput(batch, vectors, Optional.empty());
    }
    PromptedBatch prompted = PromptedBatch.of(scope, batch, job.promptTokens());
    NDArray both = kernels.rows().pick(scope, List.of(vectors, prompt.get(0)), prompted.sources());
    return new JobInput(prompted.batch(), both, Optional.of(prompted));
  }

  int size() {
    return Math.toIntExact(vectors.getShape().get(0));
  }

  /** Hidden states of the real tokens among those of the slice. */
  NDArray real(NDManager scope, Kernels kernels, NDArray hidden) {
    return prompted.isPresent()
        ? kernels.rows().pick(scope, List.of(hidden), prompted.get().real())
        : hidden;
  }
}
