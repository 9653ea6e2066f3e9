package dev.floe.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A sweep's status for people. */
final class StatusText {
  private StatusText() {}

  static String of(JsonNode status) {
    List<String> lines = new ArrayList<>();
    lines.add(line(status));
    status.path("failures").forEach(failure -> lines.add(failure(failure)));
    status.path("workers").forEach(worker -> lines.add(worker(worker)));
    if (status.path("workers").isEmpty()) {
      lines.add("  no worker: start one with floe worker --join HOST:PORT");
    }
    return String.join("\n", lines);
  }

  /** The sweep in one line. */
  static String line(JsonNode status) {
    List<String> counts = new ArrayList<>();
    status
        .path("jobs")
        .properties()
        .forEach(
            count -> {
              if (count.getValue().asLong() > 0) {
                counts.add(count.getValue().asLong() + " " + count.getKey());
              }
            });
    return "%s (%s): %s, jobs: %s"
        .formatted(
            status.path("id").asText(),
            status.path("sweep").asText(),
            status.path("state").asText(),
            String.join(", ", counts));
  }

  private static String failure(JsonNode failure) {
    return "  job %d %s, %s: %s"
        .formatted(
            failure.path("job").asInt(),
            failure.path("state").asText(),
            failure.path("kind").asText(),
            failure.path("message").asText());
  }

  private static String worker(JsonNode worker) {
    List<String> jobs = new ArrayList<>();
    worker.path("jobs").forEach(job -> jobs.add(job.path("job").asText()));
    String with = jobs.isEmpty() ? "" : " with job " + String.join(", ", jobs);
    String what = worker.path("state").asText() + with;
    JsonNode ended = worker.path("ended");
    String before = "";
    if (!ended.isNull()) {
      JsonNode lines = ended.path("last_lines");
      String last = lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1).asText();
      before = "; its last process ended with exit code " + ended.path("exit_code").asInt() + last;
    }
    return "  worker " + worker.path("id").asText() + " " + what + before;
  }
}
