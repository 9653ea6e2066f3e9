package dev.floe.test.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sweep that a process runs right now, seen through the API that serves its page. */
final class LiveSweep {
  private static final Pattern ADDRESS = Pattern.compile("watch it at (http://\\S+/)\\n");
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;

  private LiveSweep(URI address) {
    this.address = address;
  }

  /** Waits until the process serves its page. */
  static LiveSweep of(FloeProcess process) throws IOException {
    process.awaitError("watch it at http");
    Matcher matcher = ADDRESS.matcher(process.errors());
    if (!matcher.find()) {
      throw new AssertionError("no address in: " + process.errors());
    }
    return new LiveSweep(URI.create(matcher.group(1) + "api/sweeps"));
  }

  /** Waits until a job is in training and beyond so many steps; gives how many. */
  int awaitStep(int job, int step) throws IOException {
    Await.until("step " + step + " of job " + job, LONGEST, () -> step(job) > step);
    return step(job);
  }

  /** Waits until so many jobs are done and another one is running. */
  void awaitDone(int jobs) throws IOException {
    Await.until(
        jobs + " jobs done and one running",
        LONGEST,
        () -> {
          JsonNode counts = sweep().get("counts");
          return counts.get("done").asInt() >= jobs && counts.get("running").asInt() == 1;
        });
  }

  private int step(int job) throws IOException {
    JsonNode row = sweep().get("jobs").get(job);
    return row.get("phase").asText().equals("training") ? row.get("step").asInt() : 0;
  }

  private JsonNode sweep() throws IOException {
    String id = get("").get(0).get("id").asText();
    return get("/" + id);
  }

  private JsonNode get(String path) throws IOException {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(address + path)).build();
      return JSON.readTree(client.send(request, BodyHandlers.ofByteArray()).body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
