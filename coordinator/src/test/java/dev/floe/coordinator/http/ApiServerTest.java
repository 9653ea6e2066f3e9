package dev.floe.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.floe.coordinator.view.SweepFeed;
import dev.floe.coordinator.view.SweepUpdate;
import dev.floe.coordinator.view.SweepView;
import dev.floe.protocol.report.LossPoint;
import dev.floe.protocol.report.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiServerTest {
  private static final Clock MINUTE_LATER =
      Clock.fixed(Views.START.plusSeconds(60), ZoneOffset.UTC);

  private final HttpClient client = HttpClient.newHttpClient();
  private ActorTestKit kit;
  private ApiServer server;

  @BeforeAll
  void start() throws IOException {
    kit = ActorTestKit.create();
    Map<String, SweepFeed> feeds = new LinkedHashMap<>();
    LossPoint next = new LossPoint(51, 0.75);
    feeds.put(
        "s1",
        FixedFeed.of(
            Views.sweep(),
            new SweepUpdate.JobProgressed(
                1, new Progress(Progress.Phase.TRAINING, 51, 100, 0.75, 900), List.of(next)),
            new SweepUpdate.JobChanged(Views.done(1))));
    feeds.put("silent", new SilentFeed());
    server = serve(() -> feeds);
  }

  @AfterAll
  void stop() {
    server.close();
    kit.shutdownTestKit();
  }

  @Test
  void listOfSweeps_namesEachWithItsState() throws Exception {
    try (ApiServer one = serve(SweepDirectory.of("s1", FixedFeed.of(Views.sweep())))) {
      JsonNode list = json(get(one.uri().resolve("api/sweeps")));
      assertThat(list).hasToString("[{\"id\":\"s1\",\"name\":\"small\",\"state\":\"running\"}]");
    }
  }

  @Test
  void wholeView_hasTheNamesOfTheResultsFile() throws Exception {
    JsonNode view = json(get("api/sweeps/s1"));
    assertThat(view.path("sweep").asText()).isEqualTo("small");
    assertThat(view.path("started_at").asText()).isEqualTo("2025-01-01T10:00:00Z");
    assertThat(view.path("elapsed_seconds").asDouble()).isEqualTo(60);
    assertThat(view.path("baseline"))
        .hasToString("{\"state\":\"done\",\"metrics\":{\"test.accuracy\":0.1},\"failure\":null}");
    assertThat(view.path("axes").get(1))
        .hasToString("{\"name\":\"adapter.rank\",\"values\":[4,16]}");
    assertThat(view.path("counts").path("failed").asInt()).isEqualTo(1);
    JsonNode done = view.path("jobs").get(0);
    assertThat(done.path("parameters"))
        .hasToString("{\"adapter.type\":\"lora\",\"adapter.rank\":4}");
    assertThat(done.path("trainable_parameters").asLong()).isEqualTo(512);
    assertThat(done.path("final_loss").asDouble()).isEqualTo(1.0);
    assertThat(done.path("losses")).hasToString("[2.0,1.0]");
    assertThat(view.path("jobs").get(2).path("failure").asText()).isEqualTo("no module q_projj");
  }

  @Test
  void numbersThatAreNotFinite_areNull() throws Exception {
    JsonNode jobs = json(get("api/sweeps/s1")).path("jobs");
    assertThat(jobs.get(0).path("metrics").path("test.perplexity").isNull()).isTrue();
    assertThat(jobs.get(1).path("loss").isNull()).isTrue();
    // step 2 was never heard of, step 3 is NaN
    assertThat(jobs.get(1).path("losses")).hasToString("[3.0,null,null]");
  }

  @Test
  void timeLeft_followsFromTheShareOfTheWorkThatIsDone() throws Exception {
    // done 1, failed 1, running 0.4 of 4 jobs after 60 s: 60 / 2.4 * 1.6
    assertThat(json(get("api/sweeps/s1")).path("seconds_left").asDouble())
        .isEqualTo(40, Offset.offset(1e-9));
  }

  @Test
  void eventStream_beginsWithTheWholePictureAndTellsOnlyWhatChanged() throws Exception {
    List<String> lines = events("api/sweeps/s1/events");
    assertThat(lines.stream().filter(line -> line.startsWith("event:")))
        .containsExactly("event:view", "event:job", "event:job", "event:sweep");
    List<JsonNode> data =
        lines.stream()
            .filter(line -> line.startsWith("data:"))
            .map(line -> parse(line.substring(5)))
            .toList();
    assertThat(data.get(0).path("jobs").get(0).path("curve")).hasToString("[[1,2.0],[2,1.0]]");
    assertThat(data.get(0).path("jobs").get(0).has("losses")).isFalse();
    assertThat(data.get(1).path("step").asInt()).isEqualTo(51);
    assertThat(data.get(1).path("points")).hasToString("[[51,0.75]]");
    assertThat(data.get(2).path("state").asText()).isEqualTo("done");
    assertThat(data.get(3).path("counts").path("done").asInt()).isEqualTo(2);
    assertThat(data.get(3).has("jobs")).isFalse();
  }

  @Test
  void unknownSweep_notFoundSaysWhichThereAre() throws Exception {
    for (String path : List.of("api/sweeps/nope", "api/sweeps/nope/events")) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(json(response).path("error").asText()).contains("nope").contains("s1");
    }
  }

  @Test
  void unknownPath_notFoundInJson() throws Exception {
    HttpResponse<String> response = get("api/nothing/here");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response).path("error").asText()).contains("/api/sweeps");
  }

  @Test
  void anyOtherMethod_isRefused() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS")) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri().resolve("api/sweeps/s1"))
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(method).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).as(method).contains("GET");
    }
  }

  @Test
  void eventsAskedForAsAnImage_isNotAcceptable() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("api/sweeps/s1/events"))
            .header("Accept", "image/png")
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(json(response).path("error").asText()).contains("text/event-stream");
  }

  @Test
  void silentCoordinator_unavailableInOneLine() throws Exception {
    HttpResponse<String> response = get("api/sweeps/silent");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(json(response).path("error").asText()).contains("does not answer");
  }

  @Test
  void everyResponse_keepsThePageToItsOwnOrigin() throws Exception {
    for (String path : List.of("api/sweeps/s1", "nothing")) {
      HttpResponse<String> response = get(path);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'")
          .doesNotContain("unsafe")
          .doesNotContain("http");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }
  }

  @Test
  void hostOfAnotherName_isRefused() throws IOException {
    assertThat(statusFor("evil.example:" + server.uri().getPort())).contains(" 421 ");
    assertThat(statusFor("localhost.evil.example")).contains(" 421 ");
    assertThat(statusFor("localhost:" + server.uri().getPort())).contains(" 200 ");
    assertThat(statusFor("[::1]")).contains(" 200 ");
    assertThat(statusFor("127.0.0.1")).contains(" 200 ");
  }

  @Test
  void portTaken_startFailsWithOneClearLine() {
    int port = server.uri().getPort();
    assertThatThrownBy(() -> ApiServer.start(kit.system(), "127.0.0.1", port))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("choose another port");
  }

  @Test
  void addressOffLoopback_isRefused() {
    assertThatThrownBy(() -> ApiServer.start(kit.system(), "0.0.0.0", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not loopback");
  }

  @Test
  void closed_openStreamsEndAndThePortIsFree() throws Exception {
    EndlessFeed feed = new EndlessFeed();
    ApiServer brief = serve(SweepDirectory.of("s1", feed));
    int port = brief.uri().getPort();
    CompletableFuture<HttpResponse<Stream<String>>> open =
        client.sendAsync(
            HttpRequest.newBuilder(brief.uri().resolve("api/sweeps/s1/events")).build(),
            HttpResponse.BodyHandlers.ofLines());
    assertThat(open.get().body().findFirst()).isPresent();

    long before = System.nanoTime();
    brief.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    ApiServer.start(kit.system(), "127.0.0.1", port).close();
  }

  private ApiServer serve(SweepDirectory directory) throws IOException {
    return ApiServer.start(kit.system(), "127.0.0.1", 0, ApiRoutes.create(directory, MINUTE_LATER));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(server.uri().resolve(path));
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** All lines of a stream that ends by itself. */
  private List<String> events(String path) throws Exception {
    return get(path).body().lines().toList();
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return parse(response.body());
  }

  private static JsonNode parse(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** The status line for a request under any Host, which HttpClient does not let one set. */
  private String statusFor(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
        Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.US_ASCII);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      out.write("GET /api/sweeps/s1 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      out.flush();
      return in.readLine();
    }
  }

  /** A coordinator that cannot be reached. */
  private static final class SilentFeed implements SweepFeed {
    @Override
    public CompletionStage<SweepView> current() {
      return CompletableFuture.failedFuture(new TimeoutException("no answer"));
    }

    @Override
    public Source<SweepUpdate, NotUsed> updates() {
      return Source.empty();
    }
  }

  /** A picture after which nothing comes, without an end. */
  private static final class EndlessFeed implements SweepFeed {
    @Override
    public CompletionStage<SweepView> current() {
      return CompletableFuture.completedFuture(Views.sweep());
    }

    @Override
    public Source<SweepUpdate, NotUsed> updates() {
      return Source.<SweepUpdate>single(new SweepUpdate.Snapshot(Views.sweep()))
          .concat(Source.maybe())
          .mapMaterializedValue(ignored -> NotUsed.getInstance());
    }
  }
}
