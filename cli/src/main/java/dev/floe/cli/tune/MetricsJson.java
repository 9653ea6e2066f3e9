package dev.floe.cli.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.BadInputException;
import dev.floe.protocol.report.JobFigures;
import dev.floe.protocol.report.JobReport;
import dev.floe.worker.engine.TuningEngine.Tuned;
import dev.floe.worker.files.MalformedJsonException;
import dev.floe.worker.files.StrictJson;
import dev.floe.worker.train.StepRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;

/** {@code metrics.json}: what one job came to, step by step. Numbers that are none become null. */
final class MetricsJson {
  static final String FILE = "metrics.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST = 1L << 30;
  private static final String JOB = "job";

  private MetricsJson() {}

  /**
   * The file's text.
   *
   * @param job identifies the job's settings
   */
  static String render(String job, Tuned tuned) {
    JobReport report = tuned.report();
    ObjectNode fields = JSON.createObjectNode();
    fields.put(JOB, job);
    fields.put("outcome", report.outcome().name().toLowerCase(Locale.ROOT));
    fields.put("trainable_parameters", report.trainableParameters());
    number(fields, "seconds", report.seconds());
    number(fields, "tokens_per_second", report.tokensPerSecond());
    ObjectNode metrics = fields.putObject("metrics");
    new TreeMap<>(report.metrics()).forEach((name, value) -> number(metrics, name, value));
    if (report.figures() != null) {
      fields.set("figures", figures(report.figures()));
    }
    ArrayNode steps = fields.putArray("steps");
    tuned.steps().forEach(step -> steps.add(step(step)));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(FILE + " could not be written", e);
    }
  }

  /** Without the curve, which the steps are. */
  private static ObjectNode figures(JobFigures figures) {
    ObjectNode fields = JSON.valueToTree(figures);
    fields.remove("curve");
    return fields;
  }

  private static ObjectNode step(StepRecord step) {
    ObjectNode fields = JSON.createObjectNode();
    fields.put("step", step.step());
    number(fields, "loss", step.loss());
    number(fields, "grad_norm", step.gradientNorm());
    number(fields, "learning_rate", step.learningRate());
    fields.put("tokens", step.tokens());
    return fields;
  }

  private static void number(ObjectNode fields, String name, double value) {
    fields.put(name, Double.isFinite(value) ? (Double) value : null);
  }

  /**
   * The job that a file is about.
   *
   * @throws BadInputException it is no such file
   */
  static String job(Path file) throws IOException, BadInputException {
    try {
      JsonNode job = StrictJson.readObject(file, LARGEST).path(JOB);
      if (job.isTextual()) {
        return job.textValue();
      }
    } catch (MalformedJsonException e) {
      throw new BadInputException(e.getMessage(), e);
    }
    throw new BadInputException(file + ": was not written by floe tune; choose another --out");
  }
}
