package dev.floe.cli.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Another program that does the same work: a round is one run of it, in a shell. */
final class CommandContender implements Contender {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SPEED = "tokens_per_s";

  private final String name;
  private final String command;

  /**
   * @param command whose last line on standard output is a JSON object with {@code tokens_per_s}
   */
  CommandContender(String name, String command) {
    this.name = name;
    this.command = command;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double round() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(name + ": exited with " + exit + "; try it by itself: " + command);
    }
    return speed(lines.isEmpty() ? "" : lines.get(lines.size() - 1));
  }

  private double speed(String line) throws IOException {
    try {
      JsonNode speed = JSON.readTree(line).path(SPEED);
      if (speed.isNumber()) {
        return speed.asDouble();
      }
    } catch (JsonProcessingException e) {
      // told below, like JSON without the key
    }
    throw new IOException(
        name + ": its last line must be a JSON object with " + SPEED + ", but was: " + line);
  }
}
