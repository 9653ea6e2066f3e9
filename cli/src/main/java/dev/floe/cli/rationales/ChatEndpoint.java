package dev.floe.cli.rationales;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.floe.cli.rationales.TeacherException.Reach;
import dev.floe.worker.files.OneLine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * A teacher behind an endpoint that speaks OpenAI's chat completions, as vLLM, llama.cpp, Ollama
 * and hosted services do: {@code POST BASE/chat/completions}.
 */
final class ChatEndpoint implements Teacher {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int LONGEST_EXCERPT = 200;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final Settings settings;
  private final URI address;

  /**
   * How to ask.
   *
   * @param base such as {@code http://127.0.0.1:8000/v1}
   * @param key sent as a bearer token; null for none
   * @param timeout for one whole reply
   */
  record Settings(
      URI base, String model, String key, int maxTokens, double temperature, Duration timeout) {}

  ChatEndpoint(Settings settings) {
    this.settings = settings;
    String base = settings.base().toString().replaceFirst("/+$", "");
    this.address = URI.create(base + "/chat/completions");
  }

  @Override
  public Reply ask(String prompt) throws TeacherException, InterruptedException {
    HttpResponse<String> response;
    try {
      response = http.send(request(prompt), BodyHandlers.ofString());
    } catch (IOException e) {
      String why = e.getMessage() == null ? "no connection" : OneLine.of(e.getMessage());
      throw new TeacherException(Reach.FOR_NOW, address + ": " + why);
    }
    if (response.statusCode() != 200) {
      throw refusal(response);
    }
    return reply(response.body());
  }

  private HttpRequest request(String prompt) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body(prompt)));
    if (settings.key() != null) {
      request.header("Authorization", "Bearer " + settings.key());
    }
    return request.build();
  }

  private String body(String prompt) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", settings.model());
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    body.put("max_tokens", settings.maxTokens());
    body.put("temperature", settings.temperature());
    return body.toString();
  }

  private Reply reply(String body) throws TeacherException {
    JsonNode choice;
    try {
      choice = JSON.readTree(body).path("choices").path(0);
    } catch (JsonProcessingException e) {
      throw new TeacherException(Reach.FOR_NOW, address + ": the reply is no JSON: " + show(body));
    }
    JsonNode text = choice.path("message").path("content");
    if (!text.isTextual()) {
      throw new TeacherException(
          Reach.FOR_NOW, address + ": the reply has no choices[0].message.content: " + show(body));
    }
    return new Reply(text.textValue(), "length".equals(choice.path("finish_reason").asText()));
  }

  private TeacherException refusal(HttpResponse<String> response) {
    int status = response.statusCode();
    String message = "%s: HTTP %d: %s".formatted(address, status, reason(response.body()));
    boolean later = status == 408 || status == 425 || status == 429 || status >= 500;
    if (later) {
      return new TeacherException(Reach.FOR_NOW, message, retryAfter(response).orElse(null));
    }
    boolean question = status == 400 || status == 413 || status == 422;
    return new TeacherException(question ? Reach.THIS_QUESTION : Reach.ALL, message);
  }

  private static Optional<Duration> retryAfter(HttpResponse<String> response) {
    // the header may be a date too; then the usual back-off has to do
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static String reason(String body) {
    try {
      JsonNode message = JSON.readTree(body).path("error").path("message");
      return message.isTextual() ? show(message.textValue()) : show(body);
    } catch (JsonProcessingException e) {
      return show(body);
    }
  }

  private static String show(String text) {
    return text.isBlank() ? "(nothing)" : OneLine.shorten(text.strip(), LONGEST_EXCERPT);
  }
}
