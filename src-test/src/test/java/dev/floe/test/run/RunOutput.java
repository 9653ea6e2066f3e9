package dev.floe.test.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a run has left in its {@code --out} directory. */
public record RunOutput(Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public JsonNode results() throws IOException {
    return JSON.readTree(directory.resolve("results.json").toFile());
  }

  /** The jobs of {@code results.json}, in its order; none when it is not there yet. */
  public List<JsonNode> jobs() throws IOException {
    List<JsonNode> jobs = new ArrayList<>();
    if (Files.exists(directory.resolve("results.json"))) {
      results().get("jobs").forEach(jobs::add);
    }
    return jobs;
  }

  /** The jobs that are done, by their numbers. */
  public Map<Integer, JsonNode> done() throws IOException {
    Map<Integer, JsonNode> done = new TreeMap<>();
    for (JsonNode job : jobs()) {
      if (job.get("state").asText().equals("done")) {
        done.put(job.get("job").asInt(), job);
      }
    }
    return done;
  }

  /** The loss curves, in the order of the jobs. */
  public List<String> curves() throws IOException {
    return jobs().stream().map(job -> job.get("losses").toString()).toList();
  }

  /** The last loss of each job's training, in the order of the jobs. */
  public List<Double> finalLosses() throws IOException {
    return jobs().stream().map(job -> job.get("final_loss").asDouble()).toList();
  }

  /** How often each job was started, in the order of the jobs. */
  public List<Integer> attempts() throws IOException {
    return jobs().stream().map(job -> job.get("attempts").asInt()).toList();
  }

  /** A job's adapter directory. */
  public Path adapter(int job) throws IOException {
    return Path.of(jobs().get(job).get("adapter").asText());
  }

  public byte[] weights(int job) throws IOException {
    return Files.readAllBytes(adapter(job).resolve("adapter_model.safetensors"));
  }

  public String log() throws IOException {
    return Files.readString(directory.resolve("floe.log"));
  }

  /** The checkpoints that lie there. */
  public List<Path> checkpoints() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("step-")).toList();
    }
  }
}
