package dev.floe.cli.rationales;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** An OpenAI-compatible server on loopback: scripted refusals first, then a function's answers. */
final class ChatServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;
  private final Queue<Scripted> scripted = new ArrayDeque<>();
  private final List<JsonNode> requests = Collections.synchronizedList(new ArrayList<>());
  private final UnaryOperator<String> teacher;

  private record Scripted(int status, String body, String retryAfter) {}

  ChatServer(UnaryOperator<String> teacher) throws IOException {
    this.teacher = teacher;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** The next request gets this reply, whatever it asks. */
  ChatServer then(int status, String body) {
    scripted.add(new Scripted(status, body, "0"));
    return this;
  }

  String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** The bodies of all requests so far. */
  List<JsonNode> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode body = JSON.readTree(exchange.getRequestBody());
    requests.add(body);
    Scripted next = next();
    if (next != null) {
      exchange.getResponseHeaders().add("Retry-After", next.retryAfter());
      reply(exchange, next.status(), next.body());
      return;
    }
    String said = teacher.apply(body.at("/messages/0/content").asText());
    reply(
        exchange,
        200,
        JSON.writeValueAsString(
            JSON.createObjectNode()
                .set(
                    "choices",
                    JSON.createArrayNode()
                        .add(
                            JSON.createObjectNode()
                                .put("finish_reason", said.endsWith("…") ? "length" : "stop")
                                .set("message", JSON.createObjectNode().put("content", said))))));
  }

  private synchronized Scripted next() {
    return scripted.poll();
  }

  private static void reply(HttpExchange exchange, int status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
