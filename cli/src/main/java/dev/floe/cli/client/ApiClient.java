package dev.floe.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.cli.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Speaks to the coordinator that leads, wherever of several places it is. */
final class ApiClient {
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(100);
  private static final int UNAVAILABLE = 503;
  private static final int OK = 200;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<URI> places;
  private final String token; // null or blank when none is given
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_WITHIN)
          .build();

  ApiClient(List<URI> places, String token) {
    this.places = places;
    this.token = token;
  }

  /** One segment of a path. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Asks for what is at a path, such as {@code api/sweeps}.
   *
   * @throws BadInputException with one line when nobody answers, or the answer is a refusal
   */
  JsonNode get(String path) throws BadInputException, InterruptedException {
    return read(send(path, HttpRequest.newBuilder().GET()));
  }

  /** The same, as the text that came. */
  String getText(String path) throws BadInputException, InterruptedException {
    return send(path, HttpRequest.newBuilder().GET());
  }

  /** Has something done. */
  JsonNode post(String path, JsonNode body) throws BadInputException, InterruptedException {
    return read(
        send(
            path,
            HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))));
  }

  private String send(String path, HttpRequest.Builder request)
      throws BadInputException, InterruptedException {
    request.timeout(ANSWER_WITHIN);
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token);
    }
    BadInputException last = null;
    for (URI place : places) {
      try {
        HttpResponse<String> response =
            http.send(
                request.uri(place.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == OK) {
          return response.body();
        }
        last = new BadInputException(refusal(place, response));
        if (response.statusCode() != UNAVAILABLE) {
          throw last;
        }
      } catch (IOException e) {
        last =
            new BadInputException(
                "no coordinator answers at "
                    + places.stream().map(URI::toString).collect(Collectors.joining(", "))
                    + ": start one with floe coordinator, or correct --url",
                e);
      }
    }
    throw last;
  }

  private static String refusal(URI place, HttpResponse<String> response) {
    try {
      JsonNode error = MAPPER.readTree(response.body()).path("error");
      if (error.isTextual()) {
        return error.asText();
      }
    } catch (JsonProcessingException e) {
      // some other server's words
    }
    return place + " answers with status " + response.statusCode() + ": is it a floe coordinator?";
  }

  private static JsonNode read(String body) throws BadInputException {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new BadInputException("the answer is not JSON: is --url a floe coordinator?", e);
    }
  }
}
