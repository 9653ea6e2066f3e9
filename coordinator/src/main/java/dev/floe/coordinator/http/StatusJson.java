package dev.floe.coordinator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepView;
import dev.floe.coordinator.view.WorkerView;
import dev.floe.sweeps.results.JobState;
import java.util.List;
import java.util.Locale;

/** What {@code floe status} shows: a sweep in numbers, its troubles, and who works. */
final class StatusJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** More reasons than this are in the results. */
  private static final int REASONS = 100;

  private StatusJson() {}

  /** {@code {id, sweep, state, output, jobs: {pending, running, …}, failures, workers}}. */
  static JsonNode of(SweepView view, List<WorkerView> workers) {
    ObjectNode node =
        JSON.objectNode()
            .put("id", view.id())
            .put("sweep", view.name())
            .put("state", ViewJson.state(view.phase()))
            .put("output", view.outputDirectory());
    ObjectNode counts = node.putObject("jobs");
    for (JobState state : JobState.values()) {
      counts.put(state.key(), view.count(state));
    }
    ArrayNode failures = node.putArray("failures");
    view.jobs().stream()
        .filter(job -> job.failure() != null)
        .limit(REASONS)
        .forEach(job -> failures.add(failure(job)));
    node.set("workers", workers(workers));
    return node;
  }

  private static ObjectNode failure(JobView job) {
    return JSON.objectNode()
        .put("job", job.index())
        .put("state", job.state().key())
        .put("kind", job.failure().kind().name().toLowerCase(Locale.ROOT))
        .put("message", job.failure().message());
  }

  /** Every worker, what it works on, and how the process before it ended. */
  static JsonNode workers(List<WorkerView> workers) {
    ArrayNode list = JSON.arrayNode();
    workers.forEach(worker -> list.add(worker(worker)));
    return list;
  }

  private static ObjectNode worker(WorkerView worker) {
    String busy = worker.leases().isEmpty() ? "idle" : "busy";
    ObjectNode node =
        JSON.objectNode()
            .put("id", worker.info().id())
            .put("device", worker.info().name())
            .put("kind", worker.info().kind())
            .put("threads", worker.info().threads())
            .put("state", worker.leaving() ? "leaving" : busy)
            .put("backbone", worker.info().backbone());
    ArrayNode jobs = node.putArray("jobs");
    worker
        .leases()
        .forEach(lease -> jobs.addObject().put("sweep", lease.sweep()).put("job", lease.job()));
    if (worker.ended() == null) {
      node.putNull("ended");
    } else {
      ArrayNode lines =
          node.putObject("ended")
              .put("exit_code", worker.ended().exitCode())
              .putArray("last_lines");
      worker.ended().lastLines().forEach(lines::add);
    }
    return node;
  }
}
