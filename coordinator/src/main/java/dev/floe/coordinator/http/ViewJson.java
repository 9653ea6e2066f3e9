package dev.floe.coordinator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.coordinator.view.JobView;
import dev.floe.coordinator.view.SweepPhase;
import dev.floe.coordinator.view.SweepView;
import dev.floe.sweeps.results.JobState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;

/** The JSON of sweeps: names as in {@code results.json}; null for what is unknown or not finite. */
final class ViewJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Clock clock;

  ViewJson(Clock clock) {
    this.clock = clock;
  }

  /** An entry of the list of sweeps. */
  ObjectNode entry(SweepView view) {
    return JSON.objectNode()
        .put("id", view.id())
        .put("name", view.name())
        .put("state", state(view.phase()));
  }

  /** The sweep without its jobs, but with how many are in each state. */
  ObjectNode summary(SweepView view, OptionalDouble secondsLeft) {
    ObjectNode node =
        JSON.objectNode()
            .put("id", view.id())
            .put("sweep", view.name())
            .put("backbone", view.backbone())
            .put("state", state(view.phase()))
            .put("started_at", Objects.toString(view.submitted(), null));
    if (view.submitted() == null) {
      node.putNull("elapsed_seconds");
    } else {
      Instant end = view.finished() == null ? clock.instant() : view.finished();
      double elapsed = Duration.between(view.submitted(), end).toMillis() / 1000.0;
      node.put("elapsed_seconds", Math.max(0, elapsed));
    }
    secondsLeft.ifPresentOrElse(
        left -> node.put("seconds_left", left), () -> node.putNull("seconds_left"));
    ObjectNode counts = node.putObject("counts");
    for (JobState state : JobState.values()) {
      counts.put(state.key(), view.count(state));
    }
    node.set("baseline", baseline(view.baseline()));
    return node;
  }

  /** The whole view, every job that is shown with all its losses. */
  ObjectNode whole(SweepView view, OptionalDouble secondsLeft) {
    ObjectNode node = summary(view, secondsLeft);
    node.set("axes", axes(view));
    ArrayNode jobs = node.putArray("jobs");
    for (JobView job : view.shown()) {
      ObjectNode row = JobJson.row(job);
      row.set("losses", JobJson.losses(job));
      jobs.add(row);
    }
    return node;
  }

  /** The whole view as a page needs it: every job that is shown, with a thinned curve. */
  ObjectNode picture(SweepView view, OptionalDouble secondsLeft) {
    ObjectNode node = summary(view, secondsLeft);
    node.set("axes", axes(view));
    ArrayNode jobs = node.putArray("jobs");
    view.shown().forEach(job -> jobs.add(JobJson.rowWithCurve(job)));
    return node;
  }

  static String state(SweepPhase phase) {
    return phase == SweepPhase.FINISHED ? "done" : phase.key();
  }

  private static ObjectNode baseline(JobView job) {
    ObjectNode node = JSON.objectNode();
    node.put("state", job.state().key());
    node.set("metrics", JobJson.metrics(job));
    node.put("failure", job.failure() == null ? null : job.failure().message());
    return node;
  }

  /** Every parameter with the values it takes, both in the order in which the jobs show them. */
  private static ArrayNode axes(SweepView view) {
    Map<String, Set<Object>> values = new LinkedHashMap<>();
    for (JobView job : view.shown()) {
      job.parameters()
          .forEach(
              (axis, value) -> values.computeIfAbsent(axis, a -> new LinkedHashSet<>()).add(value));
    }
    ArrayNode axes = JSON.arrayNode();
    values.forEach(
        (axis, distinct) -> {
          ArrayNode list = axes.addObject().put("name", axis).putArray("values");
          distinct.forEach(value -> list.add(JobJson.plain(value)));
        });
    return axes;
  }
}
