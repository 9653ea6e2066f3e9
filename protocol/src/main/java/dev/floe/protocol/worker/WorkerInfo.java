package dev.floe.protocol.worker;

/**
 * A device worker as it introduces itself.
 *
 * @param id unique among all workers; whoever registers under the id of another takes its place,
 *     and the other is gone
 * @param name of the device for people, such as {@code NVIDIA H100} or the processor's
 * @param kind such as {@code cpu} or {@code cuda}
 * @param threads native threads that a job may use
 * @param backbone path of the model that is resident; null when none is
 */
public record WorkerInfo(String id, String name, String kind, int threads, String backbone) {
  public WorkerInfo {
    if (id == null || id.isBlank()) {
      throw new IllegalArgumentException("a worker needs an id");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + threads);
    }
  }

  /** The same worker with another model resident. */
  public WorkerInfo holding(String resident) {
    return new WorkerInfo(id, name, kind, threads, resident);
  }
}
