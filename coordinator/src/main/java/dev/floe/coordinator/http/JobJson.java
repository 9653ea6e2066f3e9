package dev.floe.coordinator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.coordinator.view.JobView;
import dev.floe.protocol.report.JobReport;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The JSON of one job. */
final class JobJson {
  /** Points of a thinned curve: more than a screen can tell apart. */
  private static final int CURVE_POINTS = 200;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JobJson() {}

  /** The job without its losses, but with the latest step and loss. */
  static ObjectNode row(JobView job) {
    ObjectNode node = JSON.objectNode().put("job", job.index());
    ObjectNode parameters = node.putObject("parameters");
    job.parameters().forEach((axis, value) -> parameters.set(axis, plain(value)));
    node.put("state", job.state().key()).put("attempts", job.attempts());
    putProgress(node, job.progress());
    node.set("loss", number(job.latestLoss()));
    putReport(node, job.report());
    node.set("metrics", metrics(job));
    node.put("failure", job.failure() == null ? null : job.failure().message());
    node.put("failure_kind", job.failure() == null ? null : job.failure().kind().key());
    if (job.report() != null && !job.report().notices().isEmpty()) {
      ArrayNode notices = node.putArray("notices");
      job.report().notices().forEach(notices::add);
    }
    return node;
  }

  /** The row with {@code curve}: [step, loss] pairs, thinned, the last step always kept. */
  static ObjectNode rowWithCurve(JobView job) {
    ObjectNode node = row(job);
    List<LossPoint> curve = job.losses();
    int every = Math.max(1, (curve.size() + CURVE_POINTS - 1) / CURVE_POINTS);
    ArrayNode points = node.putArray("curve");
    for (int i = (curve.size() - 1) % every; i >= 0 && i < curve.size(); i += every) {
      points.add(point(curve.get(i)));
    }
    return node;
  }

  /** The row with {@code points}: the [step, loss] pairs since the row before. */
  static ObjectNode rowWithPoints(JobView job, List<LossPoint> since) {
    ObjectNode node = row(job);
    ArrayNode points = node.putArray("points");
    since.forEach(point -> points.add(point(point)));
    return node;
  }

  /** All losses, the one of step <i>s</i> at position <i>s</i> − 1; null where it is not known. */
  static ArrayNode losses(JobView job) {
    ArrayNode losses = JSON.arrayNode();
    for (LossPoint point : job.losses()) {
      while (losses.size() < point.step() - 1) {
        losses.addNull();
      }
      losses.add(number(point.loss()));
    }
    return losses;
  }

  static ObjectNode metrics(JobView job) {
    ObjectNode metrics = JSON.objectNode();
    if (job.report() != null) {
      new TreeMap<>(job.report().metrics())
          .forEach((name, value) -> metrics.set(name, number(value)));
    }
    return metrics;
  }

  /** A parameter's value: numbers and booleans as they are, all else as text. */
  static JsonNode plain(Object value) {
    if (value instanceof Boolean flag) {
      return JSON.booleanNode(flag);
    }
    if (value instanceof Integer || value instanceof Long) {
      return JSON.numberNode(((Number) value).longValue());
    }
    if (value instanceof Number number) {
      return number(number.doubleValue());
    }
    return value == null ? JSON.nullNode() : JSON.textNode(value.toString());
  }

  private static void putProgress(ObjectNode node, Progress progress) {
    if (progress == null) {
      node.putNull("phase").putNull("step").putNull("steps");
      return;
    }
    node.put("phase", progress.phase().name().toLowerCase(Locale.ROOT))
        .put("step", progress.step())
        .put("steps", progress.steps());
    node.set("tokens_per_second", number(progress.tokensPerSecond()));
  }

  private static void putReport(ObjectNode node, JobReport report) {
    if (report == null) {
      node.putNull("trainable_parameters").putNull("final_loss").putNull("seconds");
      if (!node.has("tokens_per_second")) {
        node.putNull("tokens_per_second");
      }
      node.putNull("adapter");
      return;
    }
    List<Double> losses = report.losses();
    node.put("trainable_parameters", report.trainableParameters());
    node.set(
        "final_loss", losses.isEmpty() ? JSON.nullNode() : number(losses.get(losses.size() - 1)));
    node.set("seconds", number(report.seconds()));
    node.set("tokens_per_second", number(report.tokensPerSecond()));
    node.put("adapter", report.adapter());
  }

  private static ArrayNode point(LossPoint point) {
    return JSON.arrayNode().add(point.step()).add(number(point.loss()));
  }

  /** JSON has neither NaN nor infinity. */
  private static JsonNode number(double value) {
    return Double.isFinite(value) ? JSON.numberNode(value) : JSON.nullNode();
  }
}
