package dev.floe.worker.checkpoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** As much of S3 as checkpoints need: put, get, list and delete; signatures are not looked at. */
final class LoopbackS3 implements AutoCloseable {
  final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final HttpServer server;

  LoopbackS3() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = content(exchange);
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        objects.put(path, body);
        reply(exchange, 200, new byte[0]);
      }
      case "DELETE" -> {
        objects.remove(path);
        reply(exchange, 204, new byte[0]);
      }
      default -> get(exchange, path);
    }
  }

  private void get(HttpExchange exchange, String path) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null && query.contains("list-type=2")) {
      reply(exchange, 200, list(path, query).getBytes(StandardCharsets.UTF_8));
    } else if (objects.containsKey(path)) {
      reply(exchange, 200, objects.get(path));
    } else {
      reply(
          exchange, 404, "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8));
    }
  }

  private String list(String path, String query) {
    String bucket = path.replaceAll("/+$", "") + "/";
    String prefix = "";
    for (String part : query.split("&", -1)) {
      if (part.startsWith("prefix=")) {
        prefix = URLDecoder.decode(part.substring(7), StandardCharsets.UTF_8);
      }
    }
    String start = bucket + prefix;
    return objects.keySet().stream()
        .filter(key -> key.startsWith(start))
        .map(key -> "<Contents><Key>" + key.substring(bucket.length()) + "</Key></Contents>")
        .collect(
            Collectors.joining(
                "", "<ListBucketResult><IsTruncated>false</IsTruncated>", "</ListBucketResult>"));
  }

  /** Bodies come in signed chunks, each with its length before it, when the connection is plain. */
  private static byte[] content(HttpExchange exchange) throws IOException {
    byte[] raw = exchange.getRequestBody().readAllBytes();
    String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    if (encoding == null || !encoding.contains("aws-chunked")) {
      return raw;
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(raw));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int size = chunk(in);
    while (size > 0) {
      content.write(in.readNBytes(size));
      in.skipNBytes(2);
      size = chunk(in);
    }
    return content.toByteArray();
  }

  private static int chunk(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      line.append((char) c);
    }
    return Integer.parseInt(line.toString().strip().split(";", -1)[0], 16);
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
